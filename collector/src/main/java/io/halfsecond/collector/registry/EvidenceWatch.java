package io.halfsecond.collector.registry;

import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.Login;
import io.halfsecond.collector.assembly.Result.Probed;
import io.halfsecond.collector.registry.RegisteredSource.Delivers;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.SourceMeter.Reason;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.ProbeOutcome;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices a source that runs and delivers nothing, because another source shows what it should
/// have delivered: a login that the kernel shows has lines in the log, and a probe that sshd
/// refused has processes. The probe makes such a login once a minute.
///
/// A source is in doubt after [#LOGINS] logins in a row, over at least [#AT_LEAST], of which it
/// delivered nothing. One login of which it did ends the doubt.
///
/// Not safe for use by several threads.
public final class EvidenceWatch {
  static final int LOGINS = 3;
  static final Duration AT_LEAST = Duration.ofMinutes(2);

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceWatch.class);

  private static final String NOTHING_OF_KERNEL =
      "sshd refused several probes in a row, and the kernel showed no connection; is the sshd that"
          + " is probed one of this host's, and the collector in the host's namespaces?";

  private final List<Watched> logs;
  private final List<Watched> kernels;

  /// @param sources those that run are watched
  public EvidenceWatch(List<RegisteredSource> sources) {
    logs = watched(sources, Delivers.LOG_LINES);
    kernels = watched(sources, Delivers.KERNEL_EVENTS);
  }

  private static List<Watched> watched(List<RegisteredSource> sources, Delivers kind) {
    return sources.stream()
        .filter(source -> source.delivers() == kind && source.running())
        .map(Watched::new)
        .toList();
  }

  /// Takes each result of the assembler.
  public void accept(Result result) {
    switch (result) {
      case AuthenticationDecided decided when !decided.key().logOnly() -> {
        kernels.forEach(Watched::delivered);
        take(decided);
      }
      case Probed probed
          when probed.seen().outcome() == ProbeOutcome.REFUSED
              && probed.startup().wallNanos().isEmpty() ->
          kernels.forEach(kernel -> kernel.missed(probed.endedAtNanos(), NOTHING_OF_KERNEL));
      case AuthenticationDecided _, Probed _, Result.ConnectionEnded _ -> {}
    }
  }

  private void take(AuthenticationDecided decided) {
    if (decided.evidence() == Evidence.KERNEL_AND_LOG && understood(decided.login())) {
      logs.forEach(Watched::delivered);
    } else if (isLogin(decided)) {
      logs.forEach(log -> log.missed(decided.decidedAtNanos(), log.nothingOfLog()));
    }
  }

  /// Whether sshd must have logged lines that name it, from LogLevel INFO on. A connection that was
  /// found may have logged them before.
  private static boolean isLogin(AuthenticationDecided decided) {
    return decided.complete()
        && decided.seenSinceNanos().isEmpty()
        && (decided.login().outcome() == Outcome.FAILED
            || decided.login().outcome() == Outcome.ACCEPTED);
  }

  private static boolean understood(Login login) {
    return login.user().isPresent()
        || login.address().isPresent()
        || login.method() != Method.UNKNOWN;
  }

  private static final class Watched {
    private final String name;
    private final SourceMeter meter;
    private int missed;
    private long sinceNanos;
    private long read;
    private long malformed;
    private long unrelated;
    private long untrusted;

    Watched(RegisteredSource source) {
      this.name = source.name();
      this.meter = source.meter();
    }

    void missed(long atNanos, String why) {
      if (missed == 0) {
        sinceNanos = atNanos;
        read = meter.readCount();
        malformed = meter.droppedCount(Reason.MALFORMED);
        unrelated = meter.droppedCount(Reason.UNRELATED);
        untrusted = meter.droppedCount(Reason.UNTRUSTED);
      }
      missed++;
      boolean lasting = atNanos - sinceNanos >= AT_LEAST.toNanos();
      if (missed >= LOGINS && lasting && meter.doubt(why)) {
        LOG.warn("source {} delivers nothing: {}", name, why);
      }
    }

    void delivered() {
      missed = 0;
      if (meter.trust()) {
        LOG.info("source {} delivers again", name);
      }
    }

    /// By what became of the lines since the first login without one.
    String nothingOfLog() {
      long lines = meter.readCount() - read;
      long bad = meter.droppedCount(Reason.MALFORMED) - malformed;
      long others = meter.droppedCount(Reason.UNRELATED) - unrelated;
      long distrusted = meter.droppedCount(Reason.UNTRUSTED) - untrusted;
      var what = "the kernel shows logins, and no line of sshd's log about them was understood: ";
      if (lines == 0) {
        return what
            + "nothing was read; sshd logs elsewhere or not at all (-E, LogLevel, SyslogFacility),"
            + " or its lines do not arrive here";
      }
      if (bad > 0 && bad + others == lines) {
        return what
            + "none of the %,d lines read is one of sshd's, %,d are unreadable"
                .formatted(lines, bad);
      }
      if (others == lines) {
        return what + "all %,d lines read are of other programs".formatted(lines);
      }
      return distrusted > 0
          ? what
              + "%,d of %,d lines read are of no process of sshd's that is known, or have no pid"
                  .formatted(distrusted, lines)
          : what + "%,d lines were read, about other connections or too late".formatted(lines);
    }
  }
}
