package io.halfsecond.streams.benchmark;

import java.util.List;

/// The parts of the report, in its order.
final class Chapters {
  /// @param name on the command line
  record Titled(String name, String heading, String introduction, ReportPart part) {}

  static final List<Titled> ALL =
      List.of(
          new Titled(
              "nominal",
              "False alarms under the guarantee",
              """
              Independent AUTH samples, no dead zone, and a limit low enough for many alarms: the nominal rate is \
              one in 10 days. N samples are learnt, then a key is watched for 20 days or until it alarms, while it \
              continues to learn. Hosts of a cohort differ by σ .2, and the prior is estimated from 50 others. The \
              goal is met if none of the intervals lies above 1 (the largest of many estimates sometimes does by \
              chance) and that of all together lies below.
              """,
              new NominalPart()),
          new Titled(
              "false-alarms",
              "False alarms beyond the assumptions",
              """
              Halfsecond has the limit of one alarm a host-year for each tier, all of it for this one key; two weeks \
              are learnt, and a new key begins after each alarm. "As shipped" has the settings of preauth: a stratum \
              such as publickey/accepted has a hundredth of the budget of its host, and dead zones of 10 % + 50 ms \
              and 4 % + 10 ms. The dead zone makes it less than one a year. The other detectors learn 2,000 samples \
              once and have thresholds of one alarm in 500,000 independent samples. Their statistics start over \
              after an alarm, and alarms of successive samples count as one.

              Bursts: ten logins within a minute, every ten minutes, with levels that differ by σ .1. Diurnal: a \
              sine. Deseasonalised: divided by the factors for the hour of the week in the profile that production \
              code makes from 20 other hosts in four weeks with a login every five minutes. OU: in addition, a level \
              with the given σ and a correlation time of six hours. AR .6: correlation within each kind of clients. \
              Outliers in runs: correlated normal scores, so that kinds of clients and outliers come in runs too. \
              Drift is a true shift after months, so its tickets are correct. Intervals are exact (Poisson). A goal \
              is met if the interval lies below 1, and not met if it lies above.
              """,
              new FalseAlarmPart()),
          new Titled(
              "sparse",
              "False alarms of sparse hosts",
              """
              Three logins an hour. Each key is watched from its first login for a tenth of a year, with the limit \
              of one alarm a host-year and relative dead zones.
              """,
              new SparsePart()),
          new Titled(
              "delays",
              "Delays",
              """
              Independent samples, one a minute unless stated otherwise, so a sample is a minute. All detectors \
              learn 2,000 samples, Halfsecond also 20,000. The thresholds of the others are calibrated to one false \
              alarm in 500,000 AUTH samples (see the end). Halfsecond is not calibrated: its limit guarantees one \
              alarm a host-year, which is one in 525,960 samples a minute apart. "As shipped" has the dead zone and \
              the hundredth of the budget of a preauth stratum. Its false alarms are fewer than guaranteed, so at \
              equal false alarms its delays would be shorter. 20,000 samples after the change are simulated (3,000 \
              for Halfsecond with 2,000 learnt, whose bets are made anew with every block). "Never" means that fewer \
              than one in ten alarm. Lorden's bound is ln(500,000) divided by the Kullback–Leibler divergence. It is \
              asymptotic, and the oracle, which knows both distributions, stays below it for small changes. STEP \
              votes with every sample here, CREEP every five minutes. NP-FOCuS and Kolmogorov–Smirnov detect both \
              directions, the others upward shifts only. Halfsecond bets a fifth of the budget of STEP on downward \
              shifts.
              """,
              new DelayPart()),
          new Titled(
              "paces",
              "Delays at other paces",
              """
              STEP, δ 10 %, one alarm a host-year, blocks as the detector chooses them. Median/p95. Minutes count \
              from the first changed login to the end of the block that decides.
              """,
              new PacePart()),
          new Titled(
              "onset",
              "Onset and size of the shift",
              """
              20,000 samples learnt, one alarm a host-year. The onset error is the distance from the first changed \
              login. Coverage is that of the first 95 % interval with at least 50 connections.
              """,
              new OnsetPart()),
          new Titled(
              "state",
              "Size and time",
              """
              AUTH. Times are those of one run and depend on the machine and its load. `make bench` measures them \
              with JMH.
              """,
              new StatePart()),
          new Titled(
              "replay",
              "Replay",
              """
              The same series twice. The second time, the state is written and read after every sample.
              """,
              new ReplayPart()),
          new Titled(
              "spikes",
              "Single spikes",
              """
              Single spikes are not a shift, so they must not page.
              """,
              new SpikePart()),
          new Titled(
              "thresholds",
              "Thresholds",
              """
              Thresholds with one false alarm in 500,000 samples without a change, estimated from runs of 100,000 \
              samples. The relative standard error of their average run length is one over the root of the number of \
              false alarms.
              """,
              (_, _, thresholds) -> new Chapter(thresholds.protocol(), List.of())));

  private Chapters() {}

  static List<String> names() {
    return ALL.stream().map(Titled::name).toList();
  }
}
