package io.halfsecond.collector.inventory.process;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A file that a process has mapped as executable: a line of /proc/PID/maps (proc_pid_maps(5)).
///
/// @param range as /proc/PID/map_files names it: addresses in hexadecimal without leading zeros
/// @param device major:minor in hexadecimal, as in the line
/// @param path without the suffix of a deleted file; a name with a newline keeps the kernel's
///   `\012`
/// @param deleted whether the name is gone. A name that itself ends like the kernel's suffix is
///   taken for a deleted one
public record Mapping(String range, String device, long inode, String path, boolean deleted) {
  /// The mapped file, independent of the addresses.
  public record MappedFile(String path, String device, long inode) {}

  private static final String DELETED = " (deleted)";
  private static final Pattern LINE =
      Pattern.compile(
          "0*([0-9a-f]{1,16})-0*([0-9a-f]{1,16}) [r-][w-]x[ps] [0-9a-f]+ ([0-9a-f]+:[0-9a-f]+)"
              + " (\\d{1,19}) +(/.*)");

  /// The distinct files (by device and inode) in the order of their addresses.
  ///
  /// @param maps text of /proc/PID/maps; lines about anything else, or that cannot be parsed, are
  ///   skipped
  static List<Mapping> executable(String maps) {
    var found = new ArrayList<Mapping>();
    Set<String> seen = new HashSet<>();
    maps.lines()
        .flatMap(line -> parse(line).stream())
        .forEach(
            mapping -> {
              if (seen.add(mapping.device() + " " + mapping.inode())) {
                found.add(mapping);
              }
            });
    return List.copyOf(found);
  }

  private static Optional<Mapping> parse(String line) {
    var matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      long inode = Long.parseLong(matcher.group(4));
      var name = matcher.group(5);
      boolean deleted = name.endsWith(DELETED);
      return inode == 0
          ? Optional.empty()
          : Optional.of(
              new Mapping(
                  matcher.group(1) + "-" + matcher.group(2),
                  matcher.group(3),
                  inode,
                  deleted ? name.substring(0, name.length() - DELETED.length()) : name,
                  deleted));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  public MappedFile file() {
    return new MappedFile(path, device, inode);
  }
}
