package io.halfsecond.deploy.service;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.halfsecond.collector.assembly.Connections;
import io.halfsecond.collector.assembly.Result;
import io.halfsecond.collector.emit.Emitter;
import io.halfsecond.collector.emit.ExpectedNetworks;
import io.halfsecond.collector.emit.Origin;
import io.halfsecond.collector.emit.PseudonymSettings;
import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.collector.emit.RecordMapper;
import io.halfsecond.collector.emit.RecordWriter;
import io.halfsecond.collector.event.ProbeRound;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.collector.inventory.Fingerprint;
import io.halfsecond.collector.inventory.Platform;
import io.halfsecond.collector.inventory.SshdObject;
import io.halfsecond.collector.inventory.elf.ElfObject;
import io.halfsecond.collector.inventory.host.FileIdentity;
import io.halfsecond.collector.inventory.packages.InstalledPackage;
import io.halfsecond.collector.inventory.process.AtPath;
import io.halfsecond.collector.inventory.process.MappedIn;
import io.halfsecond.collector.selftest.Comparison;
import io.halfsecond.collector.selftest.Comparison.Measure;
import io.halfsecond.collector.selftest.SelfTestResult;
import io.halfsecond.collector.selftest.TestEnvironment;
import io.halfsecond.collector.selftest.Trial;
import io.halfsecond.collector.sink.Sink;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.tamper.Finding;
import io.halfsecond.schemas.Evidence;
import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.ProbeOutcome;
import io.halfsecond.schemas.Role;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.UserClass;
import io.halfsecond.schemas.auth.Sealer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// A host that shows the strangest values, with a collector that writes them as it writes any.
public final class ExtremeHost {
  private static final long SECOND = 1_000_000_000L;

  private final Topics topics;
  private final String name;
  private final Instant now;
  private final Path state;

  /// @param now the time of its records
  /// @param state an empty directory of the collector
  public ExtremeHost(Topics topics, String name, Instant now, Path state) {
    this.topics = topics;
    this.name = name;
    this.now = now;
    this.state = state;
  }

  /// How much its collectors say of what they cut, which is a line for each value.
  ///
  /// @param level as configured if null
  public static void log(@Nullable Level level) {
    ((Logger) LoggerFactory.getLogger("io.halfsecond.collector.emit.Bounded")).setLevel(level);
  }

  /// Keeps what it gets.
  private static final class Kept implements Sink {
    private final List<EncodedRecord> records = new ArrayList<>();

    @Override
    public void send(EncodedRecord record, Receipt receipt) {
      records.add(record);
      receipt.acknowledged();
    }

    @Override
    public void close(Duration timeout) {}
  }

  @FunctionalInterface
  interface Writing {
    void to(RecordWriter records);
  }

  /// What its collector sends.
  List<Sink.EncodedRecord> written(Writing writing) {
    var kept = new Kept();
    var origin = new Origin(name, "debian-12", "boot", "run");
    var emitter =
        new Emitter(
            origin,
            100,
            Sealer.NONE,
            kept,
            Optional.empty(),
            RecordWriter.topics(topics),
            () -> now);
    emitter.start();
    writing.to(
        new RecordWriter(
            topics,
            origin,
            now,
            Duration.ofDays(9),
            "0.1.0",
            new RecordMapper(
                origin,
                Pseudonyms.open(new PseudonymSettings(false, Optional.empty()), state),
                ExpectedNetworks.ofPrivate(),
                () -> now.getEpochSecond() * SECOND),
            emitter));
    emitter.close();
    return kept.records;
  }

  /// A record of each topic that a collector writes, by a seed.
  public List<Sink.EncodedRecord> records(long seed) {
    var extremes = new Extremes(seed, now);
    return written(
        to -> {
          to.write(extremes.decided());
          to.write(extremes.ended());
          to.write(extremes.probed());
          to.write(extremes.selfTest(), SECOND);
          to.write(extremes.fingerprint(), now, Optional.of(extremes.clock()));
          to.write(extremes.finding(), now);
          to.write(now, extremes.sources(), Connections.NONE, Optional.of(extremes.clock()), true);
        });
  }

  /// Values that a host may show, the strangest among them, by a seed.
  static final class Extremes {
    private final SplittableRandom random;
    private final Instant now;

    Extremes(long seed, Instant now) {
      random = new SplittableRandom(seed);
      this.now = now;
    }

    private <T> T oneOf(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }

    long number() {
      return oneOf(
          List.of(
              0L, 1L, -1L, 8_000_000L, Long.MAX_VALUE, Long.MIN_VALUE, 366L * 86_400 * SECOND + 1));
    }

    OptionalLong maybe() {
      return random.nextInt(4) == 0 ? OptionalLong.empty() : OptionalLong.of(number());
    }

    double real() {
      return oneOf(
          List.of(0.0, -0.0, -1.0, 9.1e6, 1e300, Double.NaN, Double.POSITIVE_INFINITY, 1e-320));
    }

    String text() {
      return oneOf(
          List.of(
              "",
              "6.1.0-18-amd64",
              "x".repeat(4_000),
              "größe-π/" + "\ud83d\ude00".repeat(400),
              "a\u0000b\nc",
              "1:" + "9".repeat(700)));
    }

    /// By the host's clock, whatever it was set to.
    Instant clock() {
      return oneOf(
          List.of(
              now,
              Instant.EPOCH,
              now.plusSeconds(86_400),
              now.minusSeconds(1),
              Instant.parse("1901-12-13T20:45:52Z"),
              Instant.parse("2446-05-10T22:38:55Z")));
    }

    /// As a file claims it.
    Instant time() {
      return oneOf(
          List.of(
              now,
              Instant.EPOCH,
              now.plusSeconds(86_400),
              Instant.parse("1901-12-13T20:45:52Z"),
              Instant.ofEpochSecond(Long.MAX_VALUE >> 30),
              Instant.MAX,
              Instant.MIN));
    }

    List<String> texts(int most) {
      return IntStream.range(0, random.nextInt(most + 1)).mapToObj(_ -> text()).toList();
    }

    <E extends Enum<E>> E any(Class<E> type) {
      return oneOf(List.of(type.getEnumConstants()));
    }

    Result.Timing timing() {
      return new Result.Timing(maybe(), maybe(), maybe(), maybe());
    }

    Result.ConnectionKey key() {
      return new Result.ConnectionKey(random.nextInt(), random.nextInt(10) * SECOND);
    }

    Result.Login login() {
      return new Result.Login(
          any(Outcome.class),
          any(Method.class),
          any(UserClass.class),
          Optional.of(text()),
          Optional.of(text()),
          Optional.of(text()));
    }

    Result decided() {
      return new Result.AuthenticationDecided(
          key(),
          random.nextInt(10) * SECOND,
          text(),
          login(),
          timing(),
          maybe(),
          timing(),
          any(Evidence.class),
          random.nextBoolean(),
          Optional.of(new Result.ProbeTag(random.nextLong(), 1, true)),
          OptionalLong.of(random.nextInt(10) * SECOND));
    }

    Result ended() {
      return new Result.ConnectionEnded(
          key(),
          random.nextInt(10) * SECOND,
          text(),
          login(),
          maybe(),
          IntStream.range(0, 5)
              .mapToObj(
                  _ ->
                      new Result.PhaseUsage(
                          any(Role.class),
                          any(Phase.class),
                          new Usage(amount(), amount(), amount())))
              .toList(),
          maybe(),
          random.nextInt(),
          IntStream.range(0, oneOf(List.of(0, 1, 80))).mapToObj(_ -> opened()).toList(),
          any(Evidence.class),
          random.nextBoolean(),
          number(),
          Optional.empty(),
          OptionalLong.empty());
    }

    private Result.OpenedSession opened() {
      return new Result.OpenedSession(
          random.nextInt(10) * SECOND,
          maybe(),
          IntStream.range(0, oneOf(List.of(0, 1, 300)))
              .boxed()
              .collect(
                  Collectors.toMap(
                      i -> i + text(), i -> 1 + i, (one, _) -> one, LinkedHashMap::new)),
          number(),
          random.nextBoolean());
    }

    private long amount() {
      return Math.max(0, number());
    }

    Result probed() {
      return new Result.Probed(
          random.nextLong(),
          random.nextInt(10) * SECOND,
          new ProbeRound(
              text(),
              text(),
              any(ProbeOutcome.class),
              text(),
              random.nextInt(),
              maybe(),
              maybe(),
              maybe(),
              maybe(),
              maybe(),
              OptionalInt.empty()),
          timing(),
          any(Role.class),
          maybe());
    }

    List<SelfTestResult> selfTest() {
      return IntStream.range(0, oneOf(List.of(0, 3, 1_200)))
          .mapToObj(
              _ ->
                  new SelfTestResult(
                      new Trial(Path.of("/" + text().replace('\u0000', '?')), texts(3)),
                      any(TestEnvironment.class),
                      random.nextInt(3),
                      List.of(
                          new Comparison(Measure.WALL, real(), real(), real()),
                          new Comparison(Measure.CPU, real(), real(), real()))))
          .toList();
    }

    Fingerprint fingerprint() {
      return new Fingerprint(
          new Platform(text(), text(), text(), text(), time(), text()),
          "0".repeat(64),
          text(),
          Optional.of(now),
          Optional.of(now),
          random.nextBoolean(),
          IntStream.range(0, oneOf(List.of(0, 1, 28, 1_200))).mapToObj(_ -> object()).toList());
    }

    private SshdObject object() {
      return new SshdObject(
          "/" + text(),
          new FileIdentity("08:01", random.nextLong(), random.nextLong(), time()),
          "0".repeat(64),
          new ElfObject(true, text(), texts(5), List.of(), List.of(), text()),
          new InstalledPackage(text(), text(), text(), time()),
          texts(30),
          random.nextBoolean(),
          List.of(MappedIn.values()),
          any(AtPath.class));
    }

    Finding finding() {
      return new Finding(
          "hidden-object",
          text(),
          any(Tier.class),
          IntStream.range(0, oneOf(List.of(0, 1, 28, 1_200)))
              .mapToObj(_ -> new TamperFact(text(), statements()))
              .toList(),
          random.nextBoolean());
    }

    private List<Statement> statements() {
      return IntStream.range(0, oneOf(List.of(1, 2, 40)))
          .mapToObj(_ -> new Statement("memory", text()))
          .toList();
    }

    Map<String, SourceMeter> sources() {
      var meter = new SourceMeter();
      meter.become(any(SourceMeter.Condition.class), text());
      meter.lost(Math.max(0, number() >> 1));
      return Map.of("kernel", meter);
    }
  }
}
