package io.halfsecond.streams.benchmark;

import java.util.List;

/// The parts of the report, in its order.
final class Chapters {
  /// @param name on the command line
  record Titled(String name, String heading, String introduction, Part part) {}

  static final List<Titled> ALL =
      List.of(
          new Titled(
              "nominal",
              "False alarms by the promise",
              """
              Independent AUTH samples, no dead zone, and a limit so low that alarms are many: one in 10 days, which is the \
              nominal one. N samples are learnt, then a key is watched for 20 days or until it alarms, and learns on. Hosts of a \
              cohort lie apart by σ .2; 50 others make the prior. The goal is met if none of the intervals lies above 1 (the \
              largest of many estimates does by chance now and then) and that of all together lies below.
              """,
              new NominalPart()),
          new Titled(
              "false-alarms",
              "False alarms where it is not plain",
              """
              Ours as promised, with the limit of one alarm a host-year of each tier for this one key; two weeks learnt, a new \
              key after each alarm. As shipped for preauth: a stratum such as publickey/accepted has a hundredth of its \
              host's budget, and dead zones of 10 % + 50 ms and 4 % + 10 ms. The dead zone is what makes it less than one a year. Others: 2,000 \
              samples learnt once, thresholds of one alarm in 500,000 independent samples, statistics start over after an alarm, \
              and alarms of samples in a row are one.

              Bursts: ten logins within a minute, every ten minutes, their levels apart by σ .1. Diurnal: a sine. \
              Deseasonalised: divided by the factors for the hour of the week of the profile that production makes of 20 other \
              hosts in four weeks of a login every five minutes. OU: besides, a level that varies by the σ given and forgets in \
              six hours. AR .6: within each kind of clients; outliers in runs: of normal scores, so that kinds of clients and \
              outliers come in runs too. Drift is a true shift after months, and the tickets about it are right. Intervals are \
              exact (Poisson). A goal is met if the interval lies below 1, and not met if it lies above.
              """,
              new FalseAlarmPart()),
          new Titled(
              "sparse",
              "False alarms of sparse hosts",
              """
              Three logins an hour, watched from the first login on for a tenth of a year each; as promised, relative dead zones.
              """,
              new SparsePart()),
          new Titled(
              "delays",
              "Delays",
              """
              Independent samples, one a minute unless said otherwise: samples are minutes then. 2,000 are learnt by everybody; \
              ours also with 20,000. The others' thresholds are calibrated, to one false alarm in 500,000 AUTH samples (at the \
              end). Ours is not calibrated, its limit is the promise by construction: one alarm a host-year, which is one in \
              525,960 samples a minute apart; "as shipped" has the dead zone and the hundredth of the budget of a preauth stratum. It keeps more than it promises, so at equal false alarms it would be sooner than \
              this. Looked at are 20,000 samples after the change (3,000 of ours that have learnt 2,000: their bets are made anew \
              with every block); never: fewer than one in ten alarm. Lorden's bound is ln(500,000) by the Kullback–Leibler \
              divergence; it is asymptotic, and the oracle, which knows both distributions, stays below it where changes are \
              small. STEP votes with every sample here, CREEP every five minutes. NP-FOCuS and Kolmogorov–Smirnov see both \
              directions, the others upward ones alone; ours bets a fifth of STEP's budget on getting faster.
              """,
              new DelayPart()),
          new Titled(
              "paces",
              "Delays at other paces",
              """
              STEP, δ 10 %, as promised, blocks as the detector chooses them. Median/p95; minutes are from the first changed \
              login to the end of the block that decides.
              """,
              new PacePart()),
          new Titled(
              "onset",
              "Onset and size of the shift",
              """
              20,000 learnt, as promised. The onset error is against the first changed login; coverage is that of the first 95 % \
              interval with 50 connections or more.
              """,
              new OnsetPart()),
          new Titled(
              "state",
              "Size and time",
              """
              AUTH. Times are of one run and depend on the machine and its load; JMH measures them properly in `make bench`.
              """,
              new StatePart()),
          new Titled(
              "replay",
              "Replay",
              """
              The same series twice, the second time with the state read back from its bytes after every sample.
              """,
              new ReplayPart()),
          new Titled(
              "spikes",
              "Single spikes",
              """
              Not a shift, so nothing to page about.
              """,
              new SpikePart()),
          new Titled(
              "thresholds",
              "Thresholds",
              """
              With one false alarm in 500,000 samples when nothing changes, found from runs of 100,000 samples. Their average \
              run length is known to one over the root of the number of false alarms.
              """,
              (_, _, thresholds) -> new Chapter(thresholds.protocol(), List.of())));

  private Chapters() {}

  static List<String> names() {
    return ALL.stream().map(Titled::name).toList();
  }
}
