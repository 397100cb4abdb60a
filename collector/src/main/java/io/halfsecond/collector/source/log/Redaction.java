package io.halfsecond.collector.source.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// A message of sshd's without what can be a name, an address or text of a client.
///
/// **Guarantees** it keeps words of sshd's own vocabulary (`sshd-words.txt`) and punctuation at
/// their ends only. A number becomes `0`; anything else, what stands in quotes, and a user's name
/// where sshd writes one, become `*`. Takes time linear in the length of the message.
final class Redaction {
  private static final Set<String> WORDS = words();
  private static final String HIDDEN = "*";
  private static final String PUNCTUATION = "()[]{}<>:;,.=!?-";
  private static final int MOST_PUNCTUATION = 2;

  /// More is no help in telling one message from another.
  private static final int MOST_CHARS = 160;

  private Redaction() {}

  static String of(String message) {
    var words = message.strip().split(" +");
    var redacted = new StringBuilder();
    var previous = "";
    char quote = 0;
    for (int i = 0; i < words.length && redacted.length() < MOST_CHARS; i++) {
      var word = words[i];
      if (word.isEmpty()) {
        continue;
      }
      boolean opens = quote == 0 && isQuote(word.charAt(0));
      if (opens) {
        quote = word.charAt(0);
      }
      boolean quoted = quote != 0;
      if (quoted && word.indexOf(quote, opens ? 1 : 0) >= 0) {
        quote = 0;
      }
      boolean name = isName(words, i);
      var shown = quoted || name ? HIDDEN : withoutNames(word);
      if (!shown.equals(HIDDEN) || !previous.equals(HIDDEN)) {
        redacted.append(redacted.isEmpty() ? "" : " ").append(shown);
      }
      previous = shown;
    }
    return redacted.toString();
  }

  /// `user NAME`, `for NAME from`, `from HOST`: an account or a host can be called like any word.
  private static boolean isName(String[] words, int i) {
    var before = i == 0 ? "" : words[i - 1];
    return before.equals("user")
        || before.equals("User")
        || before.equals("from")
        || before.equals("FROM")
        || (before.equals("for") && i + 1 < words.length && words[i + 1].equals("from"));
  }

  private static String withoutNames(String word) {
    int start = 0;
    int end = word.length();
    while (start < end && PUNCTUATION.indexOf(word.charAt(start)) >= 0) {
      start++;
    }
    while (end > start && PUNCTUATION.indexOf(word.charAt(end - 1)) >= 0) {
      end--;
    }
    if (start > MOST_PUNCTUATION || word.length() - end > MOST_PUNCTUATION) {
      return HIDDEN;
    }
    var core = word.substring(start, end);
    if (core.isEmpty() || WORDS.contains(core)) {
      return word;
    }
    if (core.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return word.substring(0, start) + "0" + word.substring(end);
    }
    int equals = core.indexOf('=');
    return equals > 0 && WORDS.contains(core.substring(0, equals))
        ? core.substring(0, equals + 1) + HIDDEN
        : HIDDEN;
  }

  private static boolean isQuote(char c) {
    return c == '\'' || c == '"' || c == '`';
  }

  private static Set<String> words() {
    var words = new HashSet<String>();
    try (InputStream in =
        Objects.requireNonNull(Redaction.class.getResourceAsStream("sshd-words.txt"))) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> words.addAll(List.of(line.split(" "))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // PAM's modules begin their lines with `pam_unix(sshd:session): `.
    for (var word : Set.copyOf(words)) {
      if (word.startsWith("pam_")) {
        for (var stage : Set.of("auth", "account", "session", "setcred", "chauthtok")) {
          words.add(word + "(sshd:" + stage);
        }
      }
    }
    return Set.copyOf(words);
  }
}
