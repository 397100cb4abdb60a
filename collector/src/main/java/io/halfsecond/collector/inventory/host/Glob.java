package io.halfsecond.collector.inventory.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
      for (var entry : entries) {
        var name = String.valueOf(entry.getFileName());
        if ((!name.startsWith(".") || part.startsWith("."))
            && matches(part, name)
            && found.size() < MOST) {
          found.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      return List.of();
    }
    return found;
  }

  /// Whether a pattern of one part matches a name. Not by a regular expression, which would take
  /// exponential time for several `*`: only the last `*` is ever tried again.
  static boolean matches(String pattern, String name) {
    int at = 0;
    int star = -1;
    int afterStar = 0;
    int i = 0;
    while (i < name.length()) {
      int next = at < pattern.length() ? afterOne(pattern, at, name.charAt(i)) : -1;
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        star = at++;
        afterStar = i;
      } else if (next >= 0) {
        at = next;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++afterStar;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }

  /// The place in the pattern after what stands for one character; −1 if that is another one.
  private static int afterOne(String pattern, int at, char c) {
    char p = pattern.charAt(at);
    boolean not = pattern.startsWith("!", at + 1) || pattern.startsWith("^", at + 1);
    int end = p == '[' ? pattern.indexOf(']', at + (not ? 3 : 2)) : -1;
    if (end > 0) {
      return isInSet(pattern.substring(at + (not ? 2 : 1), end), c) == not ? -1 : end + 1;
    }
    int literal = p == '\\' && at + 1 < pattern.length() ? at + 1 : at;
    return p == '?' || pattern.charAt(literal) == c ? literal + 1 : -1;
  }

  private static boolean isInSet(String set, char c) {
    for (int i = 0; i < set.length(); i++) {
      boolean range = i + 2 < set.length() && set.charAt(i + 1) == '-';
      if (range ? c >= set.charAt(i) && c <= set.charAt(i + 2) : c == set.charAt(i)) {
        return true;
      }
      i += range ? 2 : 0;
    }
    return false;
  }
}
