package io.halfsecond.collector.inventory.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Finds files as glob(3) does without flags: `*`, `?` and `[…]` match within one part of a path,
/// and no leading dot.
public final class Glob {
  private static final String MAGIC = "*?[";

  /// More than any configuration has, and fewer than a pattern over a whole file system finds.
  private static final int MOST = 1_000;

  private Glob() {}

  /// Existing files, ordered by the bytes of their names as in the C locale that sshd runs in.
  ///
  /// @param pattern absolute
  /// @param dependencies records each directory that was searched
  public static List<Path> expand(String pattern, FileDependencies dependencies) {
    var found = List.of(Path.of("/"));
    for (var part : pattern.split("/", -1)) {
      if (!part.isEmpty()) {
        var next = new ArrayList<Path>();
        for (var directory : found) {
          if (part.chars().noneMatch(c -> MAGIC.indexOf(c) >= 0)) {
            HostFiles.path(part.replaceAll("\\\\(.)", "$1"))
                .map(directory::resolve)
                .ifPresent(next::add);
          } else if (next.size() < MOST) {
            next.addAll(matching(directory, part, dependencies));
          }
        }
        found = next;
      }
    }
    return found.stream()
        .filter(file -> dependencies.stat(file).isPresent())
        .sorted((a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b)))
        .limit(MOST)
        .toList();
  }

  private static byte[] bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<Path> matching(Path directory, String part, FileDependencies dependencies) {
    var _ = dependencies.stat(directory);
    var found = new ArrayList<Path>();
    try (var entries = Files.newDirectoryStream(directory)) {
      var wanted = regex(part);
      for (var entry : entries) {
        var name = String.valueOf(entry.getFileName());
        if ((!name.startsWith(".") || part.startsWith("."))
            && wanted.matcher(name).matches()
            && found.size() < MOST) {
          found.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException | PatternSyntaxException _) {
      return List.of();
    }
    return found;
  }

  private static Pattern regex(String part) {
    var regex = new StringBuilder();
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      int end = c == '[' ? part.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (end > 0) {
        boolean not = part.charAt(i + 1) == '!' || part.charAt(i + 1) == '^';
        regex
            .append(not ? "[^" : "[")
            .append(part.substring(i + (not ? 2 : 1), end).replaceAll("[\\[\\]\\\\&^]", "\\\\$0"))
            .append(']');
        i = end;
      } else {
        i += c == '\\' && i + 1 < part.length() ? 1 : 0;
        regex.append(Pattern.quote(part.substring(i, i + 1)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
