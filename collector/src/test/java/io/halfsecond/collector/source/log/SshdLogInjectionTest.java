package io.halfsecond.collector.source.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.Aborted;
import io.halfsecond.collector.event.SshdMessage.Other;
import io.halfsecond.collector.event.SshdMessage.Unknown;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A client puts lines of sshd, whole and in parts, into every text of every template that it may
/// choose. No line may then be about another user or address than the true ones, or mean what its
/// template does not.
class SshdLogInjectionTest {
  private static final String OTHER_USER = "victim";
  private static final String OTHER_ADDRESS = "203.0.113.99";
  private static final String PREAUTH = " [preauth]";

  /// A line with a text of the client's in it, and what it says about the client.
  record Attack(SshdGrammar.Row row, String line, String user, boolean preauth) {}

  /// Lines about another user and address, with each template that has a meaning.
  static List<String> payloads() {
    var payloads = new LinkedHashSet<String>();
    for (var row : SshdGrammar.rows()) {
      if (!row.processes().isEmpty()) {
        for (var form : row.forms()) {
          payloads.add(
              LogLines.of(
                  form,
                  at ->
                      switch (form.fields().get(at)) {
                        case USER -> OTHER_USER;
                        case ADDRESS, HOST -> OTHER_ADDRESS;
                        case PORT -> "22";
                        case INVALID, ILLEGAL -> "";
                        case TEXT,
                            OWN,
                            ERROR,
                            PID,
                            NUMBER,
                            WORD,
                            METHOD,
                            GSS_METHOD,
                            FINGERPRINT,
                            KEY,
                            PAM_ERROR ->
                            LogLines.value(form.fields().get(at));
                      }));
        }
      }
    }
    return List.copyOf(payloads);
  }

  /// The payload, what is left of it from each word on, and up to each word: parts join with the
  /// words of the template.
  static Set<String> parts(String payload) {
    var parts = new LinkedHashSet<String>();
    parts.add(payload);
    for (int at = payload.indexOf(' '); at >= 0; at = payload.indexOf(' ', at + 1)) {
      parts.add(payload.substring(at));
      parts.add(payload.substring(at + 1));
      parts.add(payload.substring(0, at));
    }
    return parts;
  }

  private static Set<String> parts(List<String> payloads) {
    var parts = new LinkedHashSet<String>();
    payloads.forEach(payload -> parts.addAll(parts(payload)));
    return parts;
  }

  static Stream<Attack> attacks(Collection<String> texts) {
    return SshdGrammar.rows().stream()
        .flatMap(
            row ->
                row.forms().stream()
                    // Its first text is the name of a file, a program or a function.
                    .filter(form -> !form.prefix().isEmpty())
                    .flatMap(form -> attacks(row, form, texts)));
  }

  private static Stream<Attack> attacks(
      SshdGrammar.Row row, LogTemplate form, Collection<String> texts) {
    var fields = form.fields();
    var attacks = new ArrayList<Attack>();
    for (int i = 0; i < fields.size(); i++) {
      int at = i;
      if (fields.get(at) == LogField.USER || fields.get(at) == LogField.TEXT) {
        for (var text : texts) {
          var line =
              LogLines.of(form, each -> each == at ? text : LogLines.value(fields.get(each)));
          var user = fields.get(at) == LogField.USER ? text : LogLines.USER;
          if (!row.processes().isEmpty()) {
            attacks.add(new Attack(row, line, user, false));
            attacks.add(new Attack(row, line + PREAUTH, user, true));
          }
          if (fields.get(at) == LogField.TEXT) {
            var bracket =
                LogLines.of(
                    form, each -> each == at ? text + PREAUTH : LogLines.value(fields.get(each)));
            attacks.add(new Attack(row, bracket, user, false));
          }
        }
      }
    }
    return attacks.stream();
  }

  @Test
  void should_say_nothing_but_the_truth_when_a_client_writes_lines_into_texts_with_a_meaning() {
    // when
    long tried =
        attacks(parts(payloads()))
            .filter(attack -> !attack.row().processes().isEmpty())
            .peek(SshdLogInjectionTest::holds)
            .count();

    // then
    assertThat(tried).isGreaterThan(100_000);
  }

  @Test
  void should_give_no_meaning_when_a_client_writes_lines_into_other_texts() {
    // when
    long tried =
        attacks(payloads())
            .filter(attack -> attack.row().processes().isEmpty())
            .peek(SshdLogInjectionTest::holds)
            .count();

    // then
    assertThat(tried).isGreaterThan(100_000);
  }

  private static void holds(Attack attack) {
    var message = SshdLogParser.parse(attack.line());
    if (!holds(attack, message)) {
      assertThat(message).as("%s read as", attack).isEqualTo(new Unknown());
    }
  }

  private static boolean holds(Attack attack, SshdMessage message) {
    return switch (message) {
      case Unknown _ -> true;
      case Other _ -> attack.row().meaning() == LogMeaning.OTHER;
      case Aborted(var preauth) ->
          (attack.row().meaning() == LogMeaning.ABORTED
                  || attack.row().meaning() == LogMeaning.OTHER)
              && before(attack, preauth);
      case SshdMessage.BadPacket(var preauth) ->
          is(attack, LogMeaning.BAD_PACKET) && before(attack, preauth);
      case SshdMessage.ConnectionFrom(var address, int port) ->
          is(attack, LogMeaning.CONNECTION_FROM)
              && from(Optional.of(address), OptionalInt.of(port));
      case SshdMessage.Authentication(
              var _,
              var _,
              var user,
              var _,
              var address,
              int port,
              var _) ->
          is(attack, LogMeaning.AUTHENTICATION)
              && user.equals(attack.user())
              && from(Optional.of(address), OptionalInt.of(port));
      case SshdMessage.InvalidUser(var user, var address, var port) ->
          is(attack, LogMeaning.INVALID_USER)
              && user.equals(attack.user())
              && from(Optional.of(address), port);
      case SshdMessage.UserNotAllowed(var user, var address) ->
          is(attack, LogMeaning.USER_NOT_ALLOWED)
              && user.equals(attack.user())
              && from(address, OptionalInt.empty());
      case SshdMessage.RootRefused(var address, var port) ->
          is(attack, LogMeaning.ROOT_REFUSED) && from(Optional.of(address), port);
      case SshdMessage.PamFailure(var user, var _, var address) ->
          is(attack, LogMeaning.PAM_FAILURE)
              && user.equals(attack.user())
              && from(address, OptionalInt.empty());
      case SshdMessage.Disconnect(var user, var _, var address, var port, var preauth) ->
          is(attack, LogMeaning.DISCONNECT)
              && user.map(attack.user()::equals).orElse(true)
              && from(Optional.of(address), port)
              && before(attack, preauth);
      case SshdMessage.ClientDisconnect(var address, var port) ->
          is(attack, LogMeaning.CLIENT_DISCONNECT) && from(Optional.of(address), port);
      case SshdMessage.GraceTimeout(var _, var address, var port) ->
          is(attack, LogMeaning.GRACE_TIMEOUT) && from(address, port);
      case SshdMessage.NoIdentification(var address, var port) ->
          is(attack, LogMeaning.NO_IDENTIFICATION) && from(address, port);
      case SshdMessage.TooManyAttempts(var user, var _, var address, int port) ->
          is(attack, LogMeaning.TOO_MANY_ATTEMPTS)
              && user.equals(attack.user())
              && from(Optional.of(address), OptionalInt.of(port));
      case SshdMessage.ConnectionRefused(var user, var _, var address, var port) ->
          is(attack, LogMeaning.CONNECTION_REFUSED)
              && user.map(attack.user()::equals).orElse(true)
              && from(address, port);
      case SshdMessage.ConnectionDropped(var address, var port) ->
          is(attack, LogMeaning.CONNECTION_DROPPED) && from(address, port);
      case SshdMessage.UserChild _ -> is(attack, LogMeaning.USER_CHILD);
      case SshdMessage.SessionStarted _ -> is(attack, LogMeaning.SESSION_STARTED);
    };
  }

  private static boolean is(Attack attack, LogMeaning meaning) {
    return attack.row().meaning() == meaning;
  }

  private static boolean before(Attack attack, boolean preauth) {
    return !preauth || attack.preauth() || attack.row().processes().equals(List.of("preauth"));
  }

  private static boolean from(Optional<String> address, OptionalInt port) {
    return address.map(LogLines.ADDRESS::equals).orElse(true)
        && (port.isEmpty() || port.getAsInt() == LogLines.PORT);
  }
}
