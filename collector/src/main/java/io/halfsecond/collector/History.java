package io.halfsecond.collector;

import io.halfsecond.collector.assembly.AssemblerSettings;
import io.halfsecond.collector.assembly.ConnectionAssembler;
import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.collector.emit.RecordMapper;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.collector.source.log.LogHistory;
import io.halfsecond.schemas.AuthTiming;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What a collector with no other source than the log would have sent, made from old logs by the
/// time of their lines.
///
/// **Guarantees** the same files in the same order give the same records. **Assumes** that a host's
/// files come in the order of their lines; hosts may come one after the other, or together.
///
/// Not safe for use by several threads.
public final class History {
  private static final String COLLECTOR = "replay";
  private static final String NO_BOOT = "log";

  /// A log does not tell what its host runs.
  private static final String NO_COHORT = "";

  /// The stand-ins do not leave this process; they only tell one client from another, the same in
  /// every replay.
  private static final byte[] PSEUDONYM_KEY = new byte[32];

  private static final class Host {
    private final ConnectionAssembler assembler;
    private final RecordMapper mapper;
    private long sequence;

    private Host(ConnectionAssembler assembler, RecordMapper mapper) {
      this.assembler = assembler;
      this.mapper = mapper;
    }
  }

  private final Consumer<AuthTiming> output;
  private final LogHistory lines;
  private final Map<String, Host> hosts = new LinkedHashMap<>();

  /// @param zone of times without one: that of the hosts
  /// @param wanted the hosts whose lines are wanted
  /// @param output takes every connection's record
  public History(ZoneId zone, Predicate<String> wanted, Consumer<AuthTiming> output) {
    this.output = output;
    this.lines = new LogHistory(zone, wanted, this::take);
  }

  /// Reads a file to its end, see [LogHistory#read].
  public void read(String name, LogFormat format, InputStream in, Instant written)
      throws IOException {
    lines.read(name, format, in, written);
  }

  /// Gives out what is known of connections whose decision is in no file.
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

  /// `FILE:LINE` of the first line that could not be read.
  public Optional<String> firstUnreadable() {
    return lines.firstUnreadable();
  }

  /// Whether the lines are dated to the second: then a phase that takes less has no length.
  public boolean isDatedToTheSecond() {
    return lines.isDatedToTheSecond();
  }

  private void take(String name, LogEvent line) {
    var host = hosts.computeIfAbsent(name, this::host);
    emit(host, host.assembler.accept(line));
    emit(host, host.assembler.advanceTo(line.atNanos()));
  }

  private Host host(String name) {
    var settings = AssemblerSettings.defaults(AssemblerSettings.Inputs.LOG_ONLY, Set.of());
    return new Host(
        new ConnectionAssembler(settings, (_, fate) -> Collector.count(fate, lines.meter())),
        new RecordMapper(
            new Origin(name, NO_COHORT, NO_BOOT, COLLECTOR),
            Pseudonyms.keyed(PSEUDONYM_KEY),
            () -> 0));
  }

  private void emit(Host host, List<Result> due) {
    for (Result result : due) {
      switch (result) {
        case Result.AuthenticationDecided decided ->
            output.accept(host.mapper.authTiming(decided, host.sequence++));
        case Result.ConnectionEnded _, Result.Probed _ ->
            throw new IllegalStateException(
                "no line of a log ends a connection, nor a round of probes");
      }
    }
  }
}
