package io.halfsecond.collector.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.emit.Pseudonyms;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.replay.RealServers.Connection;
import io.halfsecond.collector.source.log.LogCalendar;
import io.halfsecond.collector.source.log.LogFormat;
import io.halfsecond.collector.source.log.SshdLogParser;
import io.halfsecond.collector.source.log.SyslogLine;
import io.halfsecond.schemas.AuthTiming;
import io.halfsecond.schemas.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is read from the logs of real servers, against what their clients did.
class RealServersTest {
  private static final LogCalendar CALENDAR =
      LogCalendar.of(ZoneOffset.UTC, Instant.parse("2026-12-01T00:00:00Z"));

  /// The least share of lines that are right in all that they say.
  private static final double GOAL = 0.995;

  private static final Pattern RESULT =
      Pattern.compile("(Accepted|Failed|Postponed|Partial) ([^ /]+)(/\\S+)? for .*");

  /// Lines that name a user or an address and decide nothing that another line does not decide.
  private static final Pattern NOT_NEEDED =
      Pattern.compile(
          "(Starting session: |Close session: |Closing connection to |pam_"
              + "|Accepted (key|certificate) |srclimit_penalise: "
              + "|Timeout before authentication for connection from ).*");

  /// sshd cuts a name at this length.
  private static final int CUT = 100;

  @Test
  void should_read_user_address_port_method_and_result_of_a_line() throws IOException {
    // when
    int lines = 0;
    var wrong = new ArrayList<String>();
    for (var log : RealServers.read()) {
      for (var connection : log.connections()) {
        for (var line : connection.lines()) {
          lines++;
          var text = SyslogLine.parse(line, CALENDAR).orElseThrow().text();
          var mistakes = mistakes(text, connection);
          mistakes.addAll(omissions(text, connection));
          if (!mistakes.isEmpty()) {
            wrong.add("%s: %s: %s".formatted(log.name(), String.join(", ", mistakes), text));
          }
        }
      }
    }

    // then
    System.out.printf("%d of %d lines are right%n", lines - wrong.size(), lines);
    assertThat(1 - wrong.size() / (double) lines)
        .as("%d of %d lines are wrong:%n%s", wrong.size(), lines, String.join("\n", wrong))
        .isGreaterThanOrEqualTo(GOAL);
  }

  @Test
  void should_believe_no_line_about_anyone_but_its_client() throws IOException {
    for (var log : RealServers.read()) {
      for (var connection : log.connections()) {
        for (var line : connection.lines()) {
          assertThat(mistakes(SyslogLine.parse(line, CALENDAR).orElseThrow().text(), connection))
              .as("%s: %s", log.name(), line)
              .isEmpty();
        }
      }
    }
  }

  @Test
  void should_tell_every_login_once_and_no_other() throws IOException {
    var pseudonyms = Pseudonyms.keyed(new byte[32]);
    for (var log : RealServers.read()) {
      // when
      var records = replay(log);

      // then
      var bySource =
          log.connections().stream()
              .collect(
                  Collectors.toMap(
                      each -> pseudonyms.of(each.address()).orElseThrow(), Function.identity()));
      var told =
          records.stream()
              .filter(each -> each.getSourcePseudonym().isPresent())
              .collect(
                  Collectors.toMap(
                      each -> each.getSourcePseudonym().orElseThrow(), Function.identity()));
      assertThat(bySource).as(log.name()).containsKeys(told.keySet().toArray(String[]::new));
      bySource.forEach(
          (source, truth) ->
              check(log.name(), truth, Optional.ofNullable(told.get(source)), pseudonyms));
    }
  }

  private static void check(
      String log, Connection truth, Optional<AuthTiming> told, Pseudonyms pseudonyms) {
    var name = "%s: %s from %s".formatted(log, truth.scenario(), truth.address());
    if (truth.outcome() == Outcome.ACCEPTED) {
      assertThat(told).as(name).isPresent();
      assertThat(told.get().getOutcome()).as(name).isEqualTo(Outcome.ACCEPTED);
      assertThat(told.get().getMethod()).as(name).isEqualTo(truth.method());
      assertThat(told.get().getUserPseudonym()).as(name).isEqualTo(pseudonyms.of(truth.user()));
      assertThat(told.get().getUserClass()).as(name).isEqualTo(truth.userClass());
    } else {
      told.ifPresent(each -> assertThat(each.getOutcome()).as(name).isNotEqualTo(Outcome.ACCEPTED));
    }
  }

  private static List<AuthTiming> replay(RealServers.Log log) throws IOException {
    var records = new ArrayList<AuthTiming>();
    var replay = new LogReplay(_ -> true, records::add);
    var text =
        log.connections().stream()
            .flatMap(each -> each.lines().stream())
            .collect(Collectors.joining("\n", "", "\n"));
    replay.read(
        log.name(),
        LogFormat.SYSLOG,
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        CALENDAR);
    replay.finish();
    return records;
  }

  /// What is read from a line and is not so.
  private static List<String> mistakes(String text, Connection truth) {
    var read = fields(SshdLogParser.parse(text));
    var mistakes = new ArrayList<String>();
    if (read.containsKey("user") && !isCutOf(plain(read.get("user")), plain(truth.user()))) {
      mistakes.add("user " + read.get("user"));
    }
    if (read.containsKey("address") && !read.get("address").equals(truth.address())) {
      mistakes.add("address " + read.get("address"));
    }
    if (read.containsKey("port") && !read.get("port").equals(Integer.toString(truth.port()))) {
      mistakes.add("port " + read.get("port"));
    }
    if ("ACCEPTED".equals(read.get("result")) && truth.outcome() != Outcome.ACCEPTED) {
      mistakes.add("accepted");
    }
    return mistakes;
  }

  /// What a line says and is not read.
  private static List<String> omissions(String text, Connection truth) {
    if (NOT_NEEDED.matcher(text).matches()) {
      return List.of();
    }
    var read = fields(SshdLogParser.parse(text));
    var omissions = new ArrayList<String>();
    if (text.contains(truth.address()) && !read.containsKey("address")) {
      omissions.add("no address");
    }
    if (text.contains(truth.address() + " port " + truth.port()) && !read.containsKey("port")) {
      omissions.add("no port");
    }
    if (!truth.user().isEmpty()
        && plain(text).matches(".*(user|for) " + Pattern.quote(plain(truth.user())) + " .*")
        && !read.containsKey("user")) {
      omissions.add("no user");
    }
    var result = RESULT.matcher(text);
    if (result.matches()) {
      if (!result.group(1).equalsIgnoreCase(read.get("result"))) {
        omissions.add("result " + read.get("result"));
      }
      if (!result.group(2).equals(read.get("method"))) {
        omissions.add("method " + read.get("method"));
      }
    }
    return omissions;
  }

  /// The components of a message that are present, by name: `user`, `address`, `port`, `method`,
  /// `result` are called so in every message that has them.
  private static Map<String, String> fields(SshdMessage message) {
    return Arrays.stream(message.getClass().getRecordComponents())
        .flatMap(
            component -> {
              try {
                return switch (component.getAccessor().invoke(message)) {
                  case Optional<?> value ->
                      value.stream().map(each -> Map.entry(component.getName(), each.toString()));
                  case OptionalInt value ->
                      value.stream().mapToObj(each -> Map.entry(component.getName(), "" + each));
                  case Object value -> Stream.of(Map.entry(component.getName(), value.toString()));
                };
              } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
              }
            })
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static boolean isCutOf(String logged, String name) {
    return logged.equals(name) || (logged.length() >= CUT - 1 && name.startsWith(logged));
  }

  /// Without sshd's escapes, of which a relayed line before OpenSSH 10.3 has two layers.
  private static String plain(String logged) {
    var bytes = new String(logged.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    var plain = Pattern.compile("\\\\+([0-7]{3}|[nrtabfv0s])").matcher(bytes);
    return plain
        .replaceAll(
            found ->
                switch (found.group(1)) {
                  case "n" -> "\n";
                  case "r" -> "\r";
                  case "t" -> "\t";
                  default ->
                      found.group(1).length() == 3
                          ? Matcher.quoteReplacement(
                              String.valueOf((char) Integer.parseInt(found.group(1), 8)))
                          : " ";
                })
        .replaceAll("\\\\+", "/");
  }
}
