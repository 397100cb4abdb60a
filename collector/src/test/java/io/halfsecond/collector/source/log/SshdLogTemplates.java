package io.halfsecond.collector.source.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lists the templates of the log messages that the server can write at LogLevel VERBOSE, from the
/// sources of an OpenSSH release: `java SshdLogTemplates.java DIRECTORY`, or `make log-templates
/// OPENSSH=DIRECTORY`.
///
/// A line of the list is `template TAB levels TAB files`. Read are the files that Makefile.in links
/// into sshd, sshd-session and sshd-auth, without the preprocessor: code for other systems is
/// listed too. `__func__` is replaced by the name of the function. `%m` stands for the text of an
/// error code, whether the call passes it or the logger adds it. The messages of
/// `ssh_packet_disconnect` and `sshpkt_fatal` get the words that packet.c puts around them. A
/// format that is no literal is named on standard error.
public final class SshdLogTemplates {
  private static final Pattern LOG_CALL =
      Pattern.compile(
          "\\b(?:(fatal|logdie|error|logit|verbose|do_log2)(_f|_r|_fr)?|(sigdie|authlog)"
              + "|(ssh_packet_disconnect|packet_disconnect|sshpkt_fatal))\\s*\\(");

  private static final Pattern FUNCTION = Pattern.compile("(?m)^(\\w+)\\(");

  /// The objects that are linked into the server, other than the library of the compatibility
  /// functions.
  private static final Pattern OBJECTS =
      Pattern.compile(
          "(?m)^(LIBOPENSSH_OBJS|LIBSSH_OBJS|SSHDOBJS|SSHD_SESSION_OBJS|SSHD_AUTH_OBJS)\\s*=((?:.*\\\\\\n"
              + ")*.*)");

  /// Not about log messages of sshd: the logger itself, and an sftp server that logs under a name
  /// of its own.
  private static final Set<String> LEFT_OUT = Set.of("log.c", "sftp-server.c", "sftp-common.c");

  private static final Pattern ERROR_TEXT =
      Pattern.compile("(ssh_err|strerror|ssh_gai_strerror|gai_strerror|pam_strerror)\\s*\\(");

  /// Formats that a header names.
  private static final Pattern NAMED_FORMAT =
      Pattern.compile("(?m)^#\\s*define\\s+(\\w+)\\s+(\"(?:[^\"\\\\]|\\\\.)*\")\\s*$");

  private static final String CONVERSION =
      "%[-+ #0]*(?:\\*|\\d+)?(?:\\.(?:\\*|\\d+))?(?:hh|ll|[hlzjt])?[a-zA-Z]";

  /// @param levels as the functions are called: fatal, error, info, verbose, or any
  record Template(String format, Set<String> levels, Set<String> files) {}

  private final Map<String, Template> templates = new TreeMap<>();
  private final Map<String, String> namedFormats = new TreeMap<>();
  private final List<String> unread = new ArrayList<>();
  private String disconnecting = "";
  private String fatalConnection = "";

  private SshdLogTemplates() {}

  public static void main(String[] args) throws IOException {
    var reader = new SshdLogTemplates();
    for (var template : reader.read(Path.of(args[0]))) {
      System.out.println(
          template.format()
              + "\t"
              + String.join(",", template.levels())
              + "\t"
              + String.join(",", template.files()));
    }
    reader.unread.forEach(System.err::println);
  }

  private List<Template> read(Path directory) throws IOException {
    readNamedFormats(directory);
    findWrappers(code(directory.resolve("packet.c")));
    for (var source : sources(directory)) {
      calls(source.getFileName().toString(), code(source));
    }
    return List.copyOf(templates.values());
  }

  private static String code(Path source) throws IOException {
    return withoutComments(Files.readString(source, StandardCharsets.ISO_8859_1));
  }

  private void readNamedFormats(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (var header : files.filter(file -> file.toString().endsWith(".h")).sorted().toList()) {
        NAMED_FORMAT
            .matcher(Files.readString(header, StandardCharsets.ISO_8859_1))
            .results()
            .forEach(found -> namedFormats.put(found.group(1), found.group(2)));
      }
    }
    // A fallback for old compilers.
    namedFormats.remove("__func__");
  }

  private static List<Path> sources(Path directory) throws IOException {
    var names = new TreeSet<String>();
    var objects = OBJECTS.matcher(Files.readString(directory.resolve("Makefile.in")));
    while (objects.find()) {
      Pattern.compile("([\\w-]+)\\.o\\b")
          .matcher(objects.group(2))
          .results()
          .forEach(object -> names.add(object.group(1) + ".c"));
    }
    var sources = new ArrayList<Path>();
    for (var name : names) {
      var source = directory.resolve(name);
      if (!LEFT_OUT.contains(name) && Files.exists(source)) {
        sources.add(source);
      }
    }
    try (var compat = Files.list(directory.resolve("openbsd-compat"))) {
      compat.filter(file -> file.toString().endsWith(".c")).sorted().forEach(sources::add);
    }
    return sources;
  }

  /// Finds what packet.c puts around a message, in the two functions that log the message of their
  /// caller.
  private void findWrappers(String packet) {
    for (var call : logCalls(packet)) {
      for (var format : call.formats()) {
        if (format.startsWith("Disconnecting")) {
          disconnecting = format;
        } else if (format.matches("%s(%s|: )Connection .*")) {
          fatalConnection = format;
        }
      }
    }
  }

  private void calls(String file, String source) {
    for (var call : logCalls(source)) {
      if (call.formats().isEmpty()) {
        unread.add(file + ": " + call.text().replaceAll("\\s+", " "));
      }
      for (var format : call.formats()) {
        // What packet.c logs for its caller is listed with the words of the caller.
        if (format.equals(disconnecting)
            || format.equals(fatalConnection)
            || (call.name().endsWith("packet_disconnect") && format.equals("%s"))) {
          continue;
        }
        add(around(call.name(), format), call.level(), file);
      }
    }
  }

  private String around(String name, String format) {
    if (name.endsWith("packet_disconnect")) {
      int last = disconnecting.lastIndexOf('%');
      return disconnecting.substring(0, last) + format;
    }
    if (name.equals("sshpkt_fatal")) {
      return format + ": " + fatalConnection.replaceFirst("^%s(%s|: )", "");
    }
    return format;
  }

  private void add(String format, String level, String file) {
    var template =
        templates.computeIfAbsent(
            format, key -> new Template(key, new TreeSet<>(), new TreeSet<>()));
    template.levels().add(level);
    template.files().add(file);
  }

  /// @param formats none if the format is no literal, several if a condition chooses
  private record Call(String name, String level, Set<String> formats, String text) {}

  private List<Call> logCalls(String source) {
    var calls = new ArrayList<Call>();
    var functions = FUNCTION.matcher(source).results().toList();
    var matcher = LOG_CALL.matcher(source);
    while (matcher.find()) {
      var arguments = arguments(source, matcher.end());
      if (arguments.isEmpty()) {
        continue;
      }
      int at = matcher.start();
      var function =
          functions.stream()
              .filter(found -> found.start() < at)
              .reduce((_, later) -> later)
              .map(found -> found.group(1))
              .orElse("");
      // A definition or a declaration, not a call.
      if (at == 0
          || source.charAt(at - 1) == '\n'
          || arguments.getFirst().matches("(const|void|struct) .*")) {
        continue;
      }
      call(matcher, arguments, function).ifPresent(calls::add);
    }
    return calls;
  }

  private Optional<Call> call(Matcher matcher, List<String> arguments, String function) {
    var name =
        Optional.ofNullable(matcher.group(1))
            .or(() -> Optional.ofNullable(matcher.group(3)))
            .orElseGet(() -> matcher.group(4));
    var suffix = Optional.ofNullable(matcher.group(2)).orElse("");
    int index = 0;
    if (suffix.contains("r")) {
      index++;
    }
    if (name.equals("do_log2") || name.equals("ssh_packet_disconnect")) {
      index++;
    }
    if (name.equals("sshpkt_fatal")) {
      // The tag was the second argument until 7.7.
      index =
          arguments.size() > 2
                  && (arguments.get(2).contains("\"") || arguments.get(2).equals("__func__"))
              ? 2
              : 1;
    }
    if (arguments.size() <= index) {
      return Optional.empty();
    }
    var level =
        switch (name) {
          case "fatal", "sigdie" -> "fatal";
          case "error" -> "error";
          case "verbose" -> "verbose";
          case "do_log2" -> level(arguments.get(suffix.contains("r") ? 1 : 0));
          case "authlog" -> "any";
          default -> "info";
        };
    if (level.startsWith("debug")) {
      return Optional.empty();
    }
    var formats = new LinkedHashSet<String>();
    var given = arguments.get(index);
    for (var format : formats(namedFormats.getOrDefault(given, given), function)) {
      var named = withKnownValues(format, arguments.subList(index + 1, arguments.size()), function);
      formats.add(
          (suffix.contains("f") ? function + ": " : "")
              + named
              + (suffix.contains("r") ? ": %m" : ""));
    }
    return Optional.of(
        new Call(name, level, formats, name + suffix + "(" + String.join(", ", arguments) + ")"));
  }

  private static String level(String argument) {
    var constant = Pattern.compile("SYSLOG_LEVEL_(\\w+)").matcher(argument).results().toList();
    return constant.size() == 1
        ? constant.getFirst().group(1).toLowerCase(java.util.Locale.ROOT)
        : "any";
  }

  /// The arguments of a call, from behind its opening parenthesis.
  private static List<String> arguments(String source, int start) {
    var arguments = new ArrayList<String>();
    var argument = new StringBuilder();
    int depth = 0;
    for (int i = start; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '"') {
        int end = endOfString(source, i);
        argument.append(source, i, end);
        i = end - 1;
      } else if (c == ')' && depth == 0) {
        arguments.add(argument.toString().strip());
        return arguments;
      } else if (c == ',' && depth == 0) {
        arguments.add(argument.toString().strip());
        argument.setLength(0);
      } else {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        argument.append(c);
      }
    }
    return List.of();
  }

  private static int endOfString(String source, int start) {
    int i = start + 1;
    while (i < source.length() && source.charAt(i) != '"') {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i + 1, source.length());
  }

  /// The literals of an argument put together; the two branches of a condition are two formats.
  private static List<String> formats(String argument, String function) {
    var formats = new ArrayList<String>();
    for (var branch : branches(argument)) {
      var format = new StringBuilder();
      boolean literal = false;
      var token = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\w+").matcher(branch);
      while (token.find()) {
        var text = token.group();
        if (text.startsWith("\"")) {
          literal = true;
          format.append(unescaped(text.substring(1, text.length() - 1)));
        } else if (text.equals("__func__")) {
          literal = true;
          format.append(function);
        } else if (text.startsWith("PRI")) {
          format.append("ll").append(text.substring(3, 4));
        } else {
          format.append("%s");
        }
      }
      if (literal) {
        formats.add(format.toString());
      }
    }
    return formats;
  }

  private static List<String> branches(String argument) {
    int question = outside(argument, '?', 0);
    int colon = question < 0 ? -1 : outside(argument, ':', question);
    return colon < 0
        ? List.of(argument)
        : List.of(argument.substring(question + 1, colon), argument.substring(colon + 1));
  }

  private static int outside(String text, char wanted, int start) {
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) == '"') {
        i = endOfString(text, i) - 1;
      } else if (text.charAt(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static String unescaped(String literal) {
    return literal
        .replace("\\\"", "\"")
        .replaceAll("\\\\[rn]", "")
        .replace("\\t", " ")
        .replace("\\\\", "\\");
  }

  /// The format with the name of the function where the value is `__func__`, and `%m` where it is
  /// the text of an error.
  private static String withKnownValues(String format, List<String> values, String function) {
    var conversion = Pattern.compile("%%|" + CONVERSION).matcher(format);
    var named = new StringBuilder();
    int value = 0;
    while (conversion.find()) {
      var text = conversion.group();
      value += (int) text.chars().filter(c -> c == '*').count();
      boolean converted = !text.equals("%%");
      var given = converted && value < values.size() ? values.get(value) : "";
      var known =
          given.equals("__func__") ? function : ERROR_TEXT.matcher(given).lookingAt() ? "%m" : text;
      conversion.appendReplacement(named, Matcher.quoteReplacement(known));
      value += converted ? 1 : 0;
    }
    return conversion.appendTail(named).toString();
  }

  /// The source without comments, directives of the preprocessor and their continued lines.
  private static String withoutComments(String source) {
    var code = new StringBuilder();
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '"' || c == '\'') {
        int end = c == '"' ? endOfString(source, i) : endOfCharacter(source, i);
        code.append(source, i, end);
        i = end - 1;
      } else if (source.startsWith("/*", i)) {
        int end = source.indexOf("*/", i + 2);
        i = end < 0 ? source.length() : end + 1;
        code.append(' ');
      } else if (c == '#' && (i == 0 || source.charAt(i - 1) == '\n')) {
        while (i < source.length() && (source.charAt(i) != '\n' || source.charAt(i - 1) == '\\')) {
          i++;
        }
        code.append('\n');
      } else {
        code.append(c);
      }
    }
    return code.toString();
  }

  private static int endOfCharacter(String source, int start) {
    int end = start + 1 + (source.startsWith("\\", start + 1) ? 2 : 1);
    return source.startsWith("'", end) ? end + 1 : start + 1;
  }
}
