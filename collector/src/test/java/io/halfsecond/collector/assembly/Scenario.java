package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.AssemblerSettings.Inputs;
import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.ProbeEvent;
import io.halfsecond.collector.event.ProbeRound;
import io.halfsecond.collector.event.SshEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import io.halfsecond.collector.event.SshdMessage.Standing;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.UserClass;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A scenario file: events in, results out, and why. Times and durations are milliseconds.
///
/// ```
/// # why
/// evidence KERNEL_AND_LOG
/// before 1000 4.2 session|authentication [4.9 ACCEPTED PUBLICKEY VALID KERNEL_AND_LOG] · what the run before had open
/// 0.0 listener 900 sshd
/// 0.2 found 900,1000,-5,sshd,0[,leader|,serving] 1000,1001,… · a connection's monitor, descendants
/// 0.5 fork 900 1000 [cpu,run queue,faults of the parent]
/// 1.0 exec 1000 sshd · uid 1001 100 [cpu,run queue,faults of itself] · sid 1003 · account 1001 11,0.4,300 · lost 0.2 7
/// 2.0 exit 1001 1000 0|255|sig15 [cpu,run queue,faults of the parent]
/// 3.0 probes PORT ROUND · identified PORT · round PORT ROUND
/// 2.1 log 1000 accepted|failed METHOD USER, from [PORT], invalid USER, closed [USER], grace [PID], noident, ended, goodbye, aborted, child PID
/// > a result, as rendered
/// ```
record Scenario(
    String name,
    Inputs evidence,
    List<OpenConnection> before,
    List<SshEvent> events,
    List<String> expected) {
  /// All that there was before has been found by then, also where sources lag.
  private static final long FOUND_BY_NANOS = 50_000_000;

  static final int PRIVSEP = 100;
  private static final String ADDRESS = "192.0.2.7";

  static List<Scenario> all() {
    try {
      var directory =
          Path.of(Objects.requireNonNull(Scenario.class.getResource("success-9.2.txt")).toURI())
              .getParent();
      try (var files = Files.list(directory)) {
        return files
            .filter(file -> file.toString().endsWith(".txt"))
            .sorted()
            .map(Scenario::read)
            .toList();
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Scenario named(String name) {
    return all().stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Scenario read(Path file) {
    try {
      var evidence = Inputs.KERNEL_AND_LOG;
      var before = new ArrayList<OpenConnection>();
      var events = new ArrayList<SshEvent>();
      var expected = new ArrayList<String>();
      for (var line : Files.readAllLines(file)) {
        if (line.startsWith("> ")) {
          expected.add(line.substring(2));
        } else if (line.startsWith("evidence ")) {
          evidence = Inputs.valueOf(line.substring(9));
        } else if (line.startsWith("before ")) {
          before.add(before(List.of(line.split(" +", -1))));
        } else if (!line.isBlank() && !line.startsWith("#")) {
          events.add(event(List.of(line.trim().split(" +", -1))));
        }
      }
      return new Scenario(
          file.getFileName().toString().replace(".txt", ""), evidence, before, events, expected);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OpenConnection before(List<String> words) {
    return new OpenConnection(
        new Result.ConnectionKey(Integer.parseInt(words.get(1)), nanos(words.get(2))),
        words.get(3).equals("session"),
        words.size() == 4
            ? Optional.empty()
            : Optional.of(
                new OpenConnection.Decision(
                    nanos(words.get(4)),
                    Outcome.valueOf(words.get(5)),
                    Method.valueOf(words.get(6)),
                    UserClass.valueOf(words.get(7)),
                    Evidence.valueOf(words.get(8)))));
  }

  private static SshEvent event(List<String> words) {
    var at = nanos(words.get(0));
    var pid = List.of("lost", "found").contains(words.get(1)) ? 0 : Integer.parseInt(words.get(2));
    return switch (words.get(1)) {
      case "listener" -> new KernelEvent.ListenerFound(at, pid, words.get(3));
      case "found" -> {
        var processes = words.stream().skip(2).map(Scenario::found).toList();
        yield new KernelEvent.ConnectionFound(
            at, processes.getFirst(), processes.subList(1, processes.size()));
      }
      case "fork" ->
          new KernelEvent.Forked(at, pid, Integer.parseInt(words.get(3)), usage(words, 4));
      case "exec" -> new KernelEvent.Executed(at, pid, words.get(3));
      case "uid" ->
          new KernelEvent.UserChanged(
              at,
              pid,
              Integer.parseInt(words.get(3)),
              Integer.parseInt(words.get(3)),
              usage(words, 4));
      case "ran" ->
          new KernelEvent.ProgramStarted(
              at, pid, Integer.parseInt(words.get(3)), words.get(4), words.size() > 5);
      case "counted" ->
          new KernelEvent.ProgramsCounted(
              at,
              pid,
              Integer.parseInt(words.get(3)),
              Long.parseLong(words.get(4)),
              words.size() == 5);
      case "sid" -> new KernelEvent.SessionLed(at, pid);
      case "account" -> new KernelEvent.Accounted(at, pid, usage(words, 3).orElseThrow());
      case "exit" ->
          new KernelEvent.Exited(
              at, pid, Integer.parseInt(words.get(3)), status(words.get(4)), usage(words, 5));
      case "lost" -> new KernelEvent.Lost(at, nanos(words.get(2)), Long.parseLong(words.get(3)));
      case "probes" -> new ProbeEvent.Began(at, nanos(words.get(3)), pid);
      case "identified" -> new ProbeEvent.Identified(at, pid);
      case "round" -> new ProbeEvent.RoundEnded(at, nanos(words.get(3)), round(pid));
      case "log" -> new LogEvent(at, pid, message(words.subList(3, words.size())));
      default -> throw new IllegalArgumentException(words.toString());
    };
  }

  private static KernelEvent.FoundProcess found(String word) {
    var parts = List.of(word.split(",", -1));
    return new KernelEvent.FoundProcess(
        Integer.parseInt(parts.get(0)),
        Integer.parseInt(parts.get(1)),
        nanos(parts.get(2)),
        parts.get(3),
        Integer.parseInt(parts.get(4)),
        parts.contains("leader"),
        parts.contains("serving"));
  }

  private static ProbeRound round(int port) {
    return new ProbeRound(
        "127.0.0.1:22",
        "",
        ProbeOutcome.REFUSED,
        "",
        1,
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalInt.of(port));
  }

  private static SshdMessage message(List<String> words) {
    var last = words.getLast();
    return switch (words.getFirst()) {
      case "from" ->
          new SshdMessage.ConnectionFrom(
              ADDRESS, words.size() == 1 ? 4711 : Integer.parseInt(last));
      case "accepted" -> login(AuthResult.ACCEPTED, words, false);
      case "failed" -> login(AuthResult.FAILED, words, false);
      case "failed-invalid" -> login(AuthResult.FAILED, words, true);
      case "invalid" -> new SshdMessage.InvalidUser(last, ADDRESS, OptionalInt.of(4711));
      case "closed" ->
          words.size() == 1
              ? new SshdMessage.Disconnect(
                  Optional.empty(), Standing.UNNAMED, ADDRESS, OptionalInt.of(4711), true)
              : new SshdMessage.Disconnect(
                  Optional.of(last), Standing.AUTHENTICATING, ADDRESS, OptionalInt.of(4711), true);
      case "left" ->
          new SshdMessage.Disconnect(
              Optional.of(last), Standing.AUTHENTICATED, ADDRESS, OptionalInt.of(4711), false);
      case "ended" ->
          new SshdMessage.Disconnect(
              Optional.empty(), Standing.UNNAMED, ADDRESS, OptionalInt.of(4711), false);
      case "goodbye" -> new SshdMessage.ClientDisconnect(ADDRESS, OptionalInt.of(4711));
      case "aborted" -> new SshdMessage.Aborted(true);
      case "grace" ->
          new SshdMessage.GraceTimeout(
              words.size() == 1 ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(last)),
              Optional.empty(),
              OptionalInt.empty());
      case "noident" -> new SshdMessage.NoIdentification(Optional.empty(), OptionalInt.empty());
      case "child" -> new SshdMessage.UserChild(Integer.parseInt(last));
      default -> throw new IllegalArgumentException(words.toString());
    };
  }

  private static SshdMessage login(AuthResult result, List<String> words, boolean invalid) {
    return new SshdMessage.Authentication(
        result, words.get(1), words.get(2), invalid, ADDRESS, 4711);
  }

  private static ExitStatus status(String word) {
    return word.startsWith("sig")
        ? new ExitStatus.Signal(Integer.parseInt(word.substring(3)))
        : new ExitStatus.Code(Integer.parseInt(word));
  }

  private static Optional<Usage> usage(List<String> words, int at) {
    if (words.size() <= at) {
      return Optional.empty();
    }
    var parts = words.get(at).split(",", -1);
    return Optional.of(new Usage(nanos(parts[0]), nanos(parts[1]), Long.parseLong(parts[2])));
  }

  static long nanos(String millis) {
    return Math.round(Double.parseDouble(millis) * 1e6);
  }

  AssemblerSettings settings() {
    return AssemblerSettings.defaults(evidence, Set.of(PRIVSEP));
  }

  AssemblerSettings settings(int maxOpen) {
    var usual = settings();
    return new AssemblerSettings(
        usual.inputs(),
        usual.privsepUids(),
        usual.logLag(),
        usual.accountGrace(),
        usual.sessionPrograms(),
        maxOpen,
        usual.logOnlyExpiry(),
        usual.uncertainExpiry());
  }

  /// The results when every event arrives at its time and the assembler is left alone for an hour
  /// after the last.
  List<String> play() {
    var assembler = assembler((_, _) -> {});
    var results = new ArrayList<Result>();
    for (var event : events) {
      results.addAll(assembler.advanceTo(event.atNanos()));
      results.addAll(assembler.accept(event));
    }
    results.addAll(assembler.advanceTo(events.getLast().atNanos() + 3_600_000_000_000L));
    return render(results, assembler);
  }

  ConnectionAssembler assembler(Fate.Observer fates) {
    return new ConnectionAssembler(
        settings(),
        fates,
        new EarlierRun(before, true),
        before.isEmpty() ? Long.MIN_VALUE : events.getFirst().atNanos() + FOUND_BY_NANOS);
  }

  /// The results, and what became of the connections of the run before.
  static List<String> render(List<Result> results, ConnectionAssembler assembler) {
    return Stream.concat(
            results.stream().map(Scenario::render),
            assembler.leftOpen().stream()
                .filter(left -> !left.equals(LeftOpen.NONE))
                .map(
                    left ->
                        "left open followed %d sessions %d authentications %d"
                            .formatted(left.followed(), left.sessions(), left.authentications())))
        .toList();
  }

  static String render(Result result) {
    return switch (result) {
      case Result.AuthenticationDecided(
              var key,
              var at,
              var exe,
              var login,
              var startup,
              var wait,
              var preauth,
              var evidence,
              var complete,
              var probe,
              var seenSince) ->
          "auth %d born %s decided %s %s %s startup %s wait %s preauth %s exe %s %s %s"
                  .formatted(
                      key.monitorPid(),
                      millis(key.bornNanos()),
                      millis(at),
                      login(login),
                      login.address().orElse("-"),
                      timing(startup),
                      millis(wait),
                      timing(preauth),
                      exe.isEmpty() ? "-" : exe,
                      evidence,
                      complete ? "complete" : "incomplete")
              + probe(probe)
              + seenSince(seenSince);
      case Result.ConnectionEnded(
              var key,
              var at,
              var exe,
              var login,
              var session,
              var cpu,
              var total,
              var sessions,
              var opened,
              var evidence,
              var complete,
              var lost,
              var probe,
              var seenSince) ->
          "end %d ended %s %s session %s sessions %d total %s cpu %s exe %s %s %s lost %d"
                  .formatted(
                      key.monitorPid(),
                      millis(at),
                      login(login),
                      millis(session),
                      sessions,
                      millis(total),
                      cpu.stream()
                          .map(
                              cost ->
                                  "%s/%s=%s"
                                      .formatted(cost.role(), cost.phase(), usage(cost.usage())))
                          .collect(Collectors.joining(" ")),
                      exe.isEmpty() ? "-" : exe,
                      evidence,
                      complete ? "complete" : "incomplete",
                      lost)
              + probe(probe)
              + (seenSince.isPresent() ? " born " + millis(key.bornNanos()) : "")
              + seenSince(seenSince)
              + opened.stream()
                  // As most scenarios have no programs.
                  .filter(each -> !each.programs().isEmpty() || each.furtherStarts() > 0)
                  .map(Scenario::opened)
                  .collect(Collectors.joining());
      case Result.Probed(var round, var at, var seen, var startup, var greeter, var greeted) ->
          "probe %s ended %s %s startup %s %s greeted %s"
              .formatted(
                  millis(round),
                  millis(at),
                  seen.outcome(),
                  timing(startup),
                  greeter,
                  millis(greeted));
    };
  }

  private static String probe(Optional<Result.ProbeTag> tag) {
    return tag.map(
            known ->
                " probe %s %s"
                    .formatted(millis(known.round()), known.certain() ? "certain" : "likely"))
        .orElse("");
  }

  private static String opened(Result.OpenedSession session) {
    return " ran %s to %s %s further %d %s"
        .formatted(
            millis(session.startedAtNanos()),
            millis(session.endedAtNanos()),
            session.programs(),
            session.furtherStarts(),
            session.complete() ? "all" : "some");
  }

  private static String seenSince(OptionalLong nanos) {
    return nanos.isPresent() ? " seen since " + millis(nanos) : "";
  }

  private static String login(Result.Login login) {
    return "%s %s %s %s"
        .formatted(login.outcome(), login.method(), login.userClass(), login.user().orElse("-"));
  }

  private static String timing(Result.Timing timing) {
    return "%s cpu %s queue %s faults %s"
        .formatted(
            millis(timing.wallNanos()),
            millis(timing.cpuNanos()),
            millis(timing.runQueueNanos()),
            timing.minorFaults().isPresent() ? timing.minorFaults().getAsLong() : "-");
  }

  private static String usage(Usage usage) {
    return "%s,%s,%d"
        .formatted(millis(usage.cpuNanos()), millis(usage.runQueueNanos()), usage.minorFaults());
  }

  private static String millis(OptionalLong nanos) {
    return nanos.isPresent() ? millis(nanos.getAsLong()) : "-";
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos / 1e6);
  }

  @Override
  public String toString() {
    return name;
  }
}
