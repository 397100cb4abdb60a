package io.halfsecond.collector.source.log;

import java.util.Optional;

/// journald's report of messages that it dropped: `Suppressed N messages from UNIT`
/// (journald-rate-limit.c).
///
/// @param unit the unit as journald names it, such as `ssh.service`
record Suppression(long count, String unit) {
  /// The most that an entry may report. A burst is a thousand messages; a greater number is not a
  /// count.
  private static final long MOST = 1_000_000_000L;

  static Optional<Suppression> parse(String text) {
    String[] words = text.split(" ", 5);
    boolean form =
        words.length == 5
            && words[0].equals("Suppressed")
            && words[2].equals("messages")
            && words[3].equals("from")
            && !words[1].isEmpty()
            && words[1].length() <= 18
            && words[1].chars().allMatch(c -> c >= '0' && c <= '9');
    return form
        ? Optional.of(new Suppression(Math.min(MOST, Long.parseLong(words[1])), words[4]))
        : Optional.empty();
  }

  /// Whether sshd's listener, monitors or preauth children can be in that unit: `ssh.service`,
  /// `sshd.service`, `ssh@….service`. After the login a session's processes move to a scope of
  /// their own, where the messages may be any program's.
  boolean ofSshd() {
    return unit.startsWith("ssh") || unit.startsWith("/system.slice/ssh");
  }
}
