package io.halfsecond.streams.gate;

import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.Signal;
import io.halfsecond.schemas.Unit;
import io.halfsecond.streams.attribution.Trait;
import io.halfsecond.streams.histogram.BitReader;
import io.halfsecond.streams.histogram.BitWriter;
import io.halfsecond.streams.histogram.Histogram;
import io.halfsecond.streams.measurement.Signals;
import io.halfsecond.streams.store.Times;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What has been measured on one host since a change, against its own past and against companions:
/// hosts of its cohort that did not get the change.
///
/// A measurement after the change minus one drawn from before it is symmetric about 0 if the change
/// has no effect, and about s if it adds s, whatever the distribution is. The same difference of a
/// companion is subtracted, which removes what changes for all hosts meanwhile.
///
/// **Guarantees** that the same calls give the same bytes; that each measurement, from before or
/// after, is used once; and that a pair stays as it is unless its companion turns out to have
/// changed before. At most 100 pairs a key: 11 bytes each, and 30 to 60 bytes for what is left to
/// draw of each host.
///
/// **Assumes** that the past which is passed in is from before the change.
///
/// Not safe for use by several threads.
public final class Trial {
  /// An upgrade keeps a host busy, and is followed by logins that check it.
  public static final Duration SETTLING = Duration.ofMinutes(2);

  /// Until then it takes measurements, and is kept.
  public static final Duration LENGTH = Duration.ofDays(7);

  /// Fewer measurements from before are a poor past.
  public static final int FEWEST_BEFORE = 30;

  /// Companions at a time.
  public static final int MOST_COMPANIONS = 3;

  /// Companions in all: those that leave are replaced.
  private static final int MOST_EVER = 15;

  /// An upgrade of the distribution changes all 30 files of sshd and their packages.
  private static final int MOST_CHANGES = 64;

  /// Signals times the strata that a host shows.
  private static final int MOST_KEYS = 512;

  /// Names and paths are shorter, see [io.halfsecond.schemas.Bounds].
  private static final int MOST_TEXT = 65_536;

  private static final byte VERSION = 1;
  private static final String NAME = "trial";

  /// The end of the year 9999.
  private static final long END_MICROS = 253_402_300_800_000_000L;

  private static final long LONGEST_MICROS = LENGTH.toNanos() / 1_000;

  private static final class Companion {
    private final String name;
    private boolean present;

    private Companion(String name, boolean present) {
      this.name = name;
      this.present = present;
    }
  }

  private final long seed;
  private final Instant begin;
  private final List<TrialChange> changes;
  private final List<Companion> companions = new ArrayList<>();

  /// By signal and stratum, as in the subject of an alert.
  private final TreeMap<String, TrialKey> keys = new TreeMap<>();

  private Trial(long seed, Instant begin, List<TrialChange> changes) {
    this.seed = seed;
    this.begin = begin;
    this.changes = List.copyOf(changes);
  }

  /// @param changes not empty, in the order in which they were found
  /// @param past what the host measured before them, by signal and stratum
  public static Trial of(String host, List<TrialChange> changes, Map<String, Histogram> past) {
    var kept = changes.subList(Math.max(0, changes.size() - MOST_CHANGES), changes.size());
    var begin =
        kept.stream()
            .map(TrialChange::at)
            .max(Instant::compareTo)
            .orElseThrow(() -> new IllegalArgumentException("a trial without a change"))
            .plus(SETTLING)
            .truncatedTo(ChronoUnit.MICROS);
    var trial =
        new Trial(Draws.mixed(Times.micros(begin) ^ Draws.mixed(host.hashCode())), begin, kept);
    past.forEach(
        (subject, samples) -> {
          var signal = signal(subject);
          if (trial.keys.size() < MOST_KEYS && signal.isPresent() && suffices(samples)) {
            trial.keys.put(
                subject, new TrialKey(signal.get(), Draws.from(samples, trial.seed(subject, 0))));
          }
        });
    return trial;
  }

  /// Whether a signal takes part: times do. Page faults are counts, which a limit in milliseconds
  /// does not apply to.
  public static boolean takes(Signal signal) {
    return Signals.unit(signal) == Unit.NANOSECONDS;
  }

  private static boolean suffices(Histogram samples) {
    return samples.total() >= FEWEST_BEFORE;
  }

  private static Optional<Signal> signal(String subject) {
    int slash = subject.indexOf('/');
    return slash < 0
        ? Optional.empty()
        : Signals.find(subject.substring(0, slash)).filter(Trial::takes);
  }

  /// The past of each host and key in its own order.
  private long seed(String subject, int index) {
    return TrialKey.seedOf(Draws.mixed(seed ^ subject.hashCode()), index);
  }

  /// Measurements from this time on count.
  public Instant begin() {
    return begin;
  }

  public List<TrialChange> changes() {
    return changes;
  }

  /// Whether a host has any of the changes too, and is therefore no companion.
  public boolean isAbout(HostFingerprint fingerprint) {
    var traits = Trait.of(fingerprint);
    return changes.stream().anyMatch(change -> traits.contains(change.trait()));
  }

  /// What it takes measurements of, by signal and stratum.
  public List<String> subjects() {
    return List.copyOf(keys.keySet());
  }

  List<TrialKey> keys() {
    return List.copyOf(keys.values());
  }

  /// The companions that still take part.
  public List<String> companions() {
    return companions.stream()
        .filter(companion -> companion.present)
        .map(companion -> companion.name)
        .toList();
  }

  /// Whether the host is compared with companions, and not with its past alone.
  public boolean isAccompanied() {
    return keys.values().stream().noneMatch(TrialKey::hasBeenAlone)
        && (!companions().isEmpty()
            || keys.values().stream().anyMatch(key -> !key.pairs().isEmpty()));
  }

  /// How many companions it could take.
  public int vacancies() {
    return Math.min(MOST_COMPANIONS - companions().size(), MOST_EVER - companions.size());
  }

  /// @param past what the companion measured before, by signal and stratum
  /// @throws IllegalArgumentException if there are enough companions, or this is one
  public void join(String companion, Map<String, Histogram> past) {
    if (vacancies() < 1 || companions().contains(companion)) {
      throw new IllegalArgumentException(companion + " cannot join");
    }
    companions.add(new Companion(companion, true));
    int index = companions.size();
    keys.forEach(
        (subject, key) ->
            key.join(
                Optional.ofNullable(past.get(subject))
                    .filter(Trial::suffices)
                    .map(samples -> Draws.from(samples, seed(subject, index)))));
  }

  /// A companion takes no further part.
  ///
  /// @param from since when its measurements do not count
  public void leave(String companion, Instant from) {
    number(companion)
        .ifPresent(
            number -> {
              companions.get(number).present = false;
              keys.values().forEach(key -> key.leave(number, Times.micros(from) - beginMicros()));
            });
  }

  private Optional<Integer> number(String companion) {
    for (int i = 0; i < companions.size(); i++) {
      if (companions.get(i).present && companions.get(i).name.equals(companion)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private long beginMicros() {
    return Times.micros(begin);
  }

  /// Whether measurements of this time no longer count.
  public boolean isOver(Instant at) {
    return at.isAfter(begin.plus(LENGTH));
  }

  /// Takes a measurement of the host.
  ///
  /// @param value without the season
  /// @return whether anything has changed
  public boolean take(String subject, Instant at, double value) {
    return key(subject, at)
        .filter(key -> key.take(micros(at), value, companions().isEmpty()))
        .isPresent();
  }

  /// Takes a measurement of a companion.
  ///
  /// @return whether anything has changed
  public boolean takeOf(String companion, String subject, Instant at, double value) {
    var number = number(companion);
    return number.isPresent()
        && key(subject, at).filter(key -> key.takeOf(number.get(), micros(at), value)).isPresent();
  }

  private Optional<TrialKey> key(String subject, Instant at) {
    return at.isBefore(begin) || isOver(at)
        ? Optional.empty()
        : Optional.ofNullable(keys.get(subject));
  }

  private long micros(Instant at) {
    return Times.micros(at) - beginMicros();
  }

  /// Version byte 1, then bits.
  public byte[] toBytes() {
    var out = new BitWriter();
    out.fixed(VERSION, Byte.SIZE);
    out.fixed(seed, Long.SIZE);
    out.fixed(beginMicros(), Long.SIZE);
    out.number(changes.size(), 2);
    for (var change : changes) {
      write(out, change.trait().kind().name());
      write(out, change.trait().subject());
      write(out, change.trait().value());
      write(out, change.packageAfter());
      out.fixed(Times.micros(change.at()), Long.SIZE);
    }
    out.number(companions.size(), 2);
    for (var companion : companions) {
      write(out, companion.name);
      out.flag(companion.present);
    }
    out.number(keys.size(), 4);
    keys.forEach(
        (subject, key) -> {
          write(out, subject);
          key.writeTo(out);
        });
    return out.toBytes();
  }

  private static void write(BitWriter out, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    out.number(bytes.length, 4);
    for (byte each : bytes) {
      out.fixed(each, Byte.SIZE);
    }
  }

  /// Reads what [#toBytes] wrote. Safe for use by any thread.
  ///
  /// @throws IllegalArgumentException if it cannot be read; the message says why
  public static Trial fromBytes(byte[] bytes) {
    var in = new BitReader(NAME, bytes);
    in.version(VERSION);
    long seed = in.fixed(Long.SIZE);
    var begin = readTime(in);
    int size = (int) in.number(2, MOST_CHANGES, "number of changes");
    var changes = new ArrayList<TrialChange>();
    for (int i = 0; i < size; i++) {
      changes.add(
          new TrialChange(
              new Trait(readKind(in), readText(in), readText(in)), readText(in), readTime(in)));
    }
    var trial = new Trial(seed, begin, changes);
    int companions = (int) in.number(2, MOST_EVER, "number of companions");
    for (int i = 0; i < companions; i++) {
      trial.companions.add(new Companion(readText(in), in.flag()));
    }
    int keys = (int) in.number(4, MOST_KEYS, "number of keys");
    for (int i = 0; i < keys; i++) {
      var subject = readText(in);
      if (!trial.keys.isEmpty() && trial.keys.lastKey().compareTo(subject) >= 0) {
        throw in.corrupt("keys out of order");
      }
      var signal = signal(subject).orElseThrow(() -> in.corrupt("no such signal: " + subject));
      long seedOfKey = Draws.mixed(seed ^ subject.hashCode());
      trial.keys.put(subject, TrialKey.readFrom(in, signal, companions, seedOfKey, LONGEST_MICROS));
    }
    in.end();
    return trial;
  }

  private static ChangeKind readKind(BitReader in) {
    var name = readText(in);
    return Arrays.stream(ChangeKind.values())
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() -> in.corrupt("no such kind of change: " + name));
  }

  private static Instant readTime(BitReader in) {
    long micros = in.fixed(Long.SIZE);
    if (micros < 0 || micros >= END_MICROS) {
      throw in.corrupt("a time of %d µs".formatted(micros));
    }
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static String readText(BitReader in) {
    int length = (int) in.number(4, MOST_TEXT, "length of a text");
    var bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) in.fixed(Byte.SIZE);
    }
    var text = new String(bytes, StandardCharsets.UTF_8);
    if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
      throw in.corrupt("a text that is not UTF-8");
    }
    return text;
  }
}
