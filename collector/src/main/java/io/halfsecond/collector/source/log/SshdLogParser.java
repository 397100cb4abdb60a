package io.halfsecond.collector.source.log;

import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.Other;
import io.halfsecond.collector.event.SshdMessage.Unknown;

/// The parser of sshd's log messages, OpenSSH 6.6 to 10.5. [SshdGrammar] has the templates.
///
/// **Guarantees** it never throws, takes time linear in the length of the line, and trusts no text
/// that the client may have chosen. sshd escapes control characters in a user name but not spaces,
/// so `Failed password for invalid user root from 1.2.3.4 port 22 ssh2 from 127.0.0.1 port 9 ssh2`
/// is about a user called `root from 1.2.3.4 port 22 ssh2`: the text after the name is parsed from
/// the right. A certificate's key id is free text to the right of the address, so some lines can be
/// read in two ways. Such a line proves nothing and is [Unknown].
///
/// **Assumes** the text is one message of sshd's, without the log daemon's frame ([SyslogLine]).
///
/// Names and addresses are returned as logged: escapes (`\303`, `\n`) stay, cut names (100
/// characters) stay cut.
public final class SshdLogParser {
  /// Longer text is not sshd's, which cuts lines at 500 characters for syslog and at 1024 for a
  /// file.
  public static final int MAX_CHARS = 8192;

  /// `syslog(pri, "%.500s", …)` in log.c: at this length the right end may be missing.
  private static final int SYSLOG_CUT = 500;

  private static final String PREAUTH = " [preauth]";
  private static final String POSTAUTH = " [postauth]";
  private static final SshdMessage OTHER = new Other();
  private static final SshdMessage UNKNOWN = new Unknown();

  private SshdLogParser() {}

  /// Whether this is a line of a debug level. DEBUG3 gives a few hundred per connection.
  public static boolean isDebug(String text) {
    return text.startsWith("debug1: ")
        || text.startsWith("debug2: ")
        || text.startsWith("debug3: ");
  }

  /// The parsed message; [Other] if it is not needed, [Unknown] if it is not known or not to be
  /// trusted.
  public static SshdMessage parse(String text) {
    if (text.length() > MAX_CHARS) {
      return UNKNOWN;
    }
    // Some frames leave blanks before the text.
    String message = onceOnly(text.startsWith(" ") ? text.stripLeading() : text);
    if (isDebug(message)) {
      return OTHER;
    }
    boolean cut = text.length() >= SYSLOG_CUT;
    boolean fatal = message.startsWith("fatal: ");
    if (fatal || message.startsWith("error: ")) {
      message = message.substring("error: ".length());
    }
    boolean preauth = message.endsWith(PREAUTH);
    if (preauth || message.endsWith(POSTAUTH)) {
      message = message.substring(0, message.lastIndexOf(" ["));
    }
    if (cut) {
      return SshdGrammar.instance().ofCut(message) ? OTHER : UNKNOWN;
    }
    var read = SshdGrammar.instance().read(message, preauth, fatal);
    // A log daemon may have removed the blank at the end, behind which the client said nothing.
    return read instanceof Unknown && message.endsWith(":")
        ? SshdGrammar.instance().read(message + " ", preauth, fatal)
        : read;
  }

  /// rsyslog and others can fold repeats into `message repeated N times: [ MESSAGE]`.
  private static String onceOnly(String s) {
    if (!s.startsWith("message repeated ") || !s.endsWith("]")) {
      return s;
    }
    int countEnd = s.indexOf(' ', "message repeated ".length());
    return countEnd > 0 && s.startsWith(" times: [ ", countEnd)
        ? s.substring(countEnd + " times: [ ".length(), s.length() - 1)
        : s;
  }
}
