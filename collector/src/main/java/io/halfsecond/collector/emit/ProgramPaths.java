package io.halfsecond.collector.emit;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Paths of programs without the names of users.
///
/// **Guarantees** that in the result `~` stands for every component that follows a directory
/// `home`, and for every one that is the name of the user who logged in. A name of another user
/// elsewhere is not recognised.
final class ProgramPaths {
  private static final String HOME = "home";
  private static final String SOMEBODY = "~";

  private final Set<String> names;

  /// @param user who logged in, as sshd logged it; empty if it is not known
  ProgramPaths(Optional<String> user) {
    names = new HashSet<>();
    user.filter(name -> !name.isEmpty())
        .ifPresent(
            name -> {
              names.add(name);
              // Of a directory service: alice@example.org, EXAMPLE\alice. The home is called alice.
              names.add(name.substring(name.lastIndexOf('\\') + 1));
              names.add(name.replaceFirst("@.*", ""));
              names.remove("");
            });
  }

  /// Programs that have the same path then are one.
  Map<String, Integer> clean(Map<String, Integer> starts) {
    var cleaned = new LinkedHashMap<String, Integer>();
    starts.forEach((path, count) -> cleaned.merge(clean(path), count, ProgramPaths::sum));
    return cleaned;
  }

  String clean(String path) {
    var components = path.split("/", -1);
    for (int i = 0; i < components.length; i++) {
      boolean belowHome = i > 0 && i < components.length - 1 && components[i - 1].equals(HOME);
      if (belowHome || names.contains(components[i])) {
        components[i] = SOMEBODY;
      }
    }
    return String.join("/", components);
  }

  private static int sum(int one, int other) {
    return (int) Math.min(Integer.MAX_VALUE, (long) one + other);
  }
}
