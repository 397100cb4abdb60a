package io.halfsecond.collector.replay;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.ConnectionAssembler;
import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.emit.ExpectedNetworks;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.collector.emit.RecordMapper;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.pipeline.Pipeline;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.collector.source.log.LogHistory;
import io.halfsecond.schemas.AuthTiming;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Makes from old logs the records that a collector with the log as its only source would have
/// sent. Time is that of the log lines.
///
/// **Guarantees** the same files in the same order give the same records. **Assumes** that the
/// files of one host come in the order of their lines; several hosts may come one after another or
/// mixed.
///
/// Not safe for use by several threads.
public final class LogReplay {
  private static final String COLLECTOR = "replay";

  /// A log does not say which system its host runs.
  private static final String NO_COHORT = "";

  /// The pseudonyms do not leave this process. They distinguish clients, and are equal in every
  /// replay.
  private static final byte[] PSEUDONYM_KEY = new byte[32];

  /// The same few names and addresses try again and again, and two HMACs are a tenth of what a
  /// connection costs. They are in the log that is read anyway.
  private static final int REMEMBERED_NAMES = 8_192;

  private static final class HostState {
    private final ConnectionAssembler assembler;
    private final RecordMapper mapper;
    private long sequence;

    private HostState(ConnectionAssembler assembler, RecordMapper mapper) {
      this.assembler = assembler;
      this.mapper = mapper;
    }
  }

  private final Consumer<AuthTiming> output;
  private final LogHistory lines;
  private final Map<String, HostState> hosts = new LinkedHashMap<>();
  private long beginnings;

  /// @param wanted selects the hosts to replay
  /// @param output takes the record of every connection
  public LogReplay(Predicate<String> wanted, Consumer<AuthTiming> output) {
    this.output = output;
    this.lines = new LogHistory(wanted, this::take);
  }

  /// Reads a file to its end, see [LogHistory#read].
  public void read(String name, LogFormat format, InputStream in, LogCalendar calendar)
      throws IOException {
    lines.read(name, format, in, calendar);
  }

  /// Gives out what is known about connections whose decision is in no file.
  public void finish() {
    hosts.values().forEach(host -> emit(host, host.assembler.advanceTo(Long.MAX_VALUE)));
  }

  /// Accounts for every line.
  public SourceMeter lines() {
    return lines.meter();
  }

  public Connections connections() {
    return hosts.values().stream()
        .map(host -> host.assembler.connections())
        .reduce(Connections.NONE, Connections::plus);
  }

  /// The lines that could not be read, and sshd's messages that no template fits.
  public LogHistory history() {
    return lines;
  }

  /// `FILE:LINE` of the first line that could not be read, if there is one.
  public Optional<String> firstUnreadable() {
    return lines.firstUnreadable();
  }

  /// Whether times have a resolution of one second: then a shorter phase has no duration.
  public boolean isDatedToTheSecond() {
    return lines.isDatedToTheSecond();
  }

  /// The number of lines that tell of the beginning of a connection, which sshd logs at LogLevel
  /// VERBOSE. Below it, the first line of a connection may be the one that decides it.
  public long beginnings() {
    return beginnings;
  }

  private void take(String name, LogEvent line) {
    beginnings += line.message() instanceof SshdMessage.ConnectionFrom ? 1 : 0;
    var host = hosts.computeIfAbsent(name, this::host);
    // First what is over by then: the line may be of another process with the same pid.
    emit(host, host.assembler.advanceTo(line.atNanos()));
    emit(host, host.assembler.accept(line));
  }

  private HostState host(String name) {
    var settings = AssemblerSettings.defaults(AssemblerSettings.Inputs.LOG_ONLY, Set.of());
    return new HostState(
        new ConnectionAssembler(settings, (_, fate) -> Pipeline.count(fate, lines.meter())),
        new RecordMapper(
            new Origin(name, NO_COHORT, Origin.NO_BOOT, COLLECTOR),
            Pseudonyms.keyed(PSEUDONYM_KEY, REMEMBERED_NAMES),
            ExpectedNetworks.ofPrivate(),
            () -> 0));
  }

  private void emit(HostState host, List<Result> due) {
    for (Result result : due) {
      switch (result) {
        case Result.AuthenticationDecided decided ->
            output.accept(host.mapper.authTiming(decided, host.sequence++));
        case Result.ConnectionEnded _, Result.Probed _ ->
            throw new IllegalStateException("a log line never ends a connection or a probe round");
      }
    }
  }
}
