package io.halfsecond.schemas;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/// The bounds of the values in telemetry. Collectors make no value beyond them, and readers reject
/// a record that has one. [Names] has the bounds of names.
public final class Bounds {
  /// Of a connection, a probe round, a self-test or an alert.
  public static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  /// Characters in the name of a collector run.
  public static final int COLLECTOR = 64;

  /// Characters in a text: a path, a version, a model. Text is copied into alerts and into the
  /// state of a host, which must not exceed Kafka's limit for a record.
  public static final int TEXT = 512;

  /// Characters in the command of a self-test.
  public static final int COMMAND_LENGTH = 200;

  /// A program and its arguments, separated by single blanks. It becomes part of keys, so its
  /// length is limited like that of a host.
  public static final Pattern COMMAND =
      Pattern.compile("(?=.{1," + COMMAND_LENGTH + "}$)[!-~]+( [!-~]+)*");

  /// Usually one or two dozen: a few programs in a few environments.
  public static final int COMPARISONS = 1_000;

  /// Debian's sshd has 28.
  public static final int OBJECTS = 1_000;

  /// Paths in a dependency chain. The shortest one from sshd to a library has at most four or five.
  public static final int CHAIN = 16;

  /// Bytes of the text of all objects of a host together. Debian's sshd has 6,000.
  public static final int OBJECTS_TEXT = 131_072;

  /// Runs of the collector in a heartbeat: its own, and those whose records it still sends.
  public static final int RUNS = 64;

  /// Sources of evidence in a heartbeat. There are four.
  public static final int SOURCES = 16;

  /// Time between two heartbeats. A collector that is heard less often than daily is not watched.
  public static final Duration HEARTBEAT = Duration.ofDays(1);

  /// Parts of a connection's CPU time: one by role and phase, of which there are four and three.
  public static final int CPU_PARTS = 64;

  /// Sessions of a connection that are told apart; further ones are counted. Ansible opens a dozen.
  public static final int SESSIONS = 64;

  /// Programs that are named for a session, at most: more cannot be set.
  public static final int PROGRAMS = 256;

  /// Bytes of the text of all programs of a connection. A path has some twenty.
  public static final int PROGRAMS_TEXT = 65_536;

  /// Runs of a program in a comparison of a self-test. There are some dozens.
  public static final int COMPARED_RUNS = 1_000_000;

  /// Processes that an object is in, and kinds of processes. There are four.
  public static final int PROCESSES = 8;

  /// Facts in a record of evidence: sshd's processes have some thirty objects.
  public static final int FACTS = 64;

  /// Statements about a fact.
  public static final int STATEMENTS = 16;

  /// Bytes of the text of all facts of a record. They are copied into alerts.
  public static final int FACTS_TEXT = 65_536;

  /// The name of a rule or of a source, or the reason of a loss.
  public static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9_-]{0,39}");

  /// The bounds of times that are not judged: arithmetic with them does not overflow.
  public static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");

  public static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /// Counts of a run in a heartbeat. There are six topics, and ten reasons to give a record up.
  public static final int COUNTS = 64;

  /// Numbers of records. The number after it is still a number; no collector gets as far in a
  /// thousand years.
  public static final long SEQUENCE = 1L << 53;

  /// A phase or an amount of CPU time.
  public static final long NANOS = Duration.ofDays(366).toNanos();

  private static final int HASH_CHARS = 16;
  private static final char CUT = '~';

  private Bounds() {}

  public static boolean isDuration(long nanos) {
    return nanos >= 0 && nanos <= NANOS;
  }

  public static boolean isDuration(double nanos) {
    // Both comparisons are false for NaN.
    return nanos >= 0 && nanos <= NANOS;
  }

  /// The text, cut to [#TEXT] characters.
  public static String text(String text) {
    return cut(text, TEXT);
  }

  /// What an object counts for in [#OBJECTS_TEXT]: the bytes of its texts, and one more for each
  /// entry of a list.
  public static int textOf(MappedObject object) {
    return bytes(object.getPath())
        + bytes(object.getSha256())
        + bytes(object.getBuildId())
        + bytes(object.getPackage$())
        + bytes(object.getVersion())
        + bytes(object.getDevice())
        + textOf(object.getNeeded())
        + textOf(object.getNeededBy());
  }

  /// What a program counts for in [#PROGRAMS_TEXT].
  public static int textOf(StartedProgram program) {
    return bytes(program.getPath());
  }

  /// What a fact counts for in [#FACTS_TEXT].
  public static int textOf(TamperFact fact) {
    return bytes(fact.getObject())
        + fact.getStatements().stream()
            .mapToInt(statement -> bytes(statement.getSource()) + bytes(statement.getText()))
            .sum();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int textOf(List<String> entries) {
    return entries.stream().mapToInt(entry -> bytes(entry) + 1).sum();
  }

  /// A command line as [#COMMAND] allows it: every character but printable ASCII is written as `%`
  /// and the hexadecimal digits of its UTF-8 bytes, blanks are single, and the end is cut.
  public static String command(String text) {
    var written = new StringBuilder();
    for (byte b : text.strip().replaceAll(" +", " ").getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b >= ' ' && b <= '~';
      written.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    return written.isEmpty() ? "?" : cut(written.toString(), COMMAND_LENGTH);
  }

  /// What is cut ends in `~` and a hash of the whole: different texts stay different, and equal
  /// ones equal.
  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int kept = length - HASH_CHARS - 1;
    boolean withinPair = Character.isHighSurrogate(text.charAt(kept - 1));
    return text.substring(0, withinPair ? kept - 1 : kept)
        + CUT
        + Sha256.hex(text).substring(0, HASH_CHARS);
  }
}
