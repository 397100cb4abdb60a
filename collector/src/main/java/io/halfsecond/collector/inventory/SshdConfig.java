package io.halfsecond.collector.inventory;

import io.halfsecond.collector.inventory.host.FileDependencies;
import io.halfsecond.collector.inventory.host.Glob;
import io.halfsecond.collector.inventory.host.ReadPacing;
import io.halfsecond.collector.inventory.host.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// A digest of sshd's configuration: the first file, then the files that its `Include` lines name,
/// each followed by the files that it names itself, in the order in which sshd reads them
/// (servconf.c of OpenSSH 9.2).
///
/// A pattern is read once even if it is named again, to a depth of 16. An included file that may
/// not be read or is larger than 1 MiB is represented by its path, size and modification time: a
/// change of it is still noticed. A file that is gone adds nothing.
final class SshdConfig {
  private static final int DEEPEST = 16;
  private static final int LARGEST = 1 << 20;
  private static final Pattern INCLUDE =
      Pattern.compile(
          "[ \\t]*\"?include\"?(?:[ \\t]*=[ \\t]*|[ \\t]+)(.*)", Pattern.CASE_INSENSITIVE);
  private static final String BLANKS = " \t\n\u000B\f\r";
  private static final String QUOTES = "\"'";

  private final Path directory;
  private final FileDependencies dependencies;
  private final ReadPacing pacing;
  private final Consumer<String> lines;
  private final MessageDigest digest;
  private final Set<String> patterns = new HashSet<>();

  /// @param directory of relative patterns: `/etc/ssh`
  /// @param dependencies records all files and directories that were inspected
  SshdConfig(Path directory, FileDependencies dependencies, ReadPacing pacing) {
    this(directory, dependencies, pacing, _ -> {});
  }

  /// @param lines takes each line of each file
  SshdConfig(
      Path directory, FileDependencies dependencies, ReadPacing pacing, Consumer<String> lines) {
    this.lines = lines;
    this.directory = directory;
    this.dependencies = dependencies;
    this.pacing = pacing;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// In hexadecimal; empty if the first file cannot be read. Without `Include` it is the SHA-256 of
  /// the file itself.
  String sha256(Path file) throws InterruptedException {
    var text = read(file);
    if (text.isEmpty()) {
      return "";
    }
    include(text.get(), 0);
    return HexFormat.of().formatHex(digest.digest());
  }

  private void include(byte[] text, int depth) throws InterruptedException {
    digest.update(text);
    if (depth == DEEPEST) {
      return;
    }
    for (var line : new String(text, StandardCharsets.UTF_8).lines().toList()) {
      lines.accept(line);
      for (var pattern : patterns(line)) {
        var absolute = pattern.startsWith("/") ? pattern : directory + "/" + pattern;
        if (patterns.add(absolute)) {
          for (var file : Glob.expand(absolute, dependencies)) {
            var included = read(file);
            if (included.isPresent()) {
              include(included.get(), depth + 1);
            } else {
              dependencies
                  .stat(file)
                  .ifPresent(
                      stat ->
                          digest.update(
                              "%s %d %s%n"
                                  .formatted(file, stat.identity().size(), stat.identity().mtime())
                                  .getBytes(StandardCharsets.UTF_8)));
            }
          }
        }
      }
    }
  }

  /// The patterns of an `Include` line; none of any other line.
  static List<String> patterns(String line) {
    var include = INCLUDE.matcher(line);
    return include.matches() ? words(include.group(1)) : List.of();
  }

  /// The words up to a comment, or to a quote that is not closed, with which sshd does not start.
  /// Quoted words keep their backslashes. A regular expression would need a stack as deep as a word
  /// is long, and exponential time for a quote that is not closed.
  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    int at = 0;
    while (at < text.length() && text.charAt(at) != '#') {
      char c = text.charAt(at);
      if (BLANKS.indexOf(c) >= 0) {
        at++;
        continue;
      }
      boolean quoted = QUOTES.indexOf(c) >= 0;
      int start = quoted ? at + 1 : at;
      int end = quoted ? closingQuote(text, start, c) : endOfBareWord(text, at);
      if (end < 0) {
        break;
      }
      if (end > start) {
        words.add(text.substring(start, end));
      }
      at = quoted ? end + 1 : end;
    }
    return words;
  }

  private static int closingQuote(String text, int start, char quote) {
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) == quote) {
        return i;
      }
      i += text.charAt(i) == '\\' ? 1 : 0;
    }
    return -1;
  }

  private static int endOfBareWord(String text, int start) {
    int end = start;
    while (end < text.length() && (BLANKS + QUOTES + "#").indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private Optional<byte[]> read(Path file) throws InterruptedException {
    if (dependencies
        .stat(file)
        .filter(Stat::regular)
        .filter(stat -> stat.identity().size() <= LARGEST)
        .isEmpty()) {
      return Optional.empty();
    }
    pacing.rest();
    try (var channel = FileChannel.open(file)) {
      var bytes = ByteBuffer.allocate(LARGEST + 1);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Until its end.
      }
      var text = new byte[bytes.flip().limit()];
      bytes.get(text);
      return Optional.of(text);
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
