package io.halfsecond.streams.benchmark;

import java.util.List;

/// The parts of the report, in its order.
final class Chapters {
  /// @param name on the command line
  record Titled(String name, String heading, String introduction, Part part) {}

  static final List<Titled> ALL = List.of(
    new Titled("nominal", "False alarms by the promise",
      """
        Independent AUTH samples, no dead zone, and a limit so low that alarms are many. The limit is one alarm in so \
        many days: that is the nominal one. N samples are learnt, then a key is watched for 20 days or until it alarms, \
        and learns on. Hosts of a cohort lie apart by σ .2; 50 others make the prior. The largest of many estimates is \
        above 1 by chance now and then: the goal is met unless an interval lies above 1.
        """,
      new NominalPart()),
    new Titled("false-alarms", "False alarms where it is not plain",
      """
        Ours as shipped and promised: one alarm a host-year, two weeks learnt, a new key after each alarm. A dead zone is \
        what makes it much less than that. Others: 2,000 samples learnt once, thresholds of one alarm in 500,000 \
        independent samples, statistics start over after an alarm. Bursts: ten logins within a minute, every ten \
        minutes, their levels apart by σ .1. Diurnal: a sine. Deseasonalised: divided by factors for the hours of the \
        week, estimated from four weeks of 20 other hosts. OU: besides, a level that varies by σ .05 and forgets in six \
        hours. Autocorrelation: of normal scores, so that kinds of clients and outliers come in runs too. 95 % intervals \
        are Poisson (Byar). A goal is met if the interval lies below 1.
        """,
      new FalseAlarmPart()),
    new Titled("sparse", "False alarms of sparse hosts",
      """
        Three logins an hour, watched from the first login on for a tenth of a year each; as shipped and promised.
        """,
      new SparsePart()),
    new Titled("delays", "Delays",
      """
        Independent samples, one a minute. 2,000 are learnt by everybody; ours also with 20,000. Thresholds of one false \
        alarm in 500,000 AUTH samples (at the end), "as promised" with the limit of one a host-year that a user would \
        set. Looked at are 20,000 samples after the change (5,000 of ours that have learnt 2,000: their bets are made \
        anew with every block); never: fewer than one in ten alarm. An oracle knows both distributions. STEP votes with \
        every sample here, CREEP with every fifth. NP-FOCuS and PromQL's rules see both directions or one as their \
        authors have it; ours bets a fifth of STEP's budget on getting faster.
        """,
      new DelayPart()),
    new Titled("paces", "Delays at other paces",
      """
        STEP, δ 10 %, as promised, blocks as the detector chooses them. Median/p95, from the first changed login to the \
        end of the block that decides.
        """,
      new PacePart()),
    new Titled("onset", "Onset and size of the shift",
      """
        20,000 learnt, as promised. The onset error is against the first changed login; coverage is that of the first 95 % \
        interval with 50 connections or more.
        """,
      new OnsetPart()),
    new Titled("state", "Size and time", """
      AUTH, both tiers. Times depend on the machine and its load; JMH measures them properly in `make bench`.
      """, new StatePart()),
    new Titled("replay", "Replay", """
      The same series twice, the second time with the state read back from its bytes after every sample.
      """, new ReplayPart()),
    new Titled("spikes", "Single spikes", """
      Not a shift, so nothing to page about.
      """, new SpikePart()),
    new Titled("thresholds", "Thresholds",
      """
        With one false alarm in 500,000 samples when nothing changes, found from runs of 100,000 samples. Their average \
        run length is known to one over the root of the number of false alarms. Ours are days of evidence.
        """,
      (_, _, thresholds) -> new Chapter(thresholds.protocol(), List.of())));

  private Chapters() {}

  static List<String> names() {
    return ALL.stream().map(Titled::name).toList();
  }
}
