package io.halfsecond.deploy.broker;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.KafkaException;

/// Meets the bootstrap servers before Kafka's clients do, and says why they could not be used.
///
/// Kafka's clients try again without an end what can never work, and take the alert of a TLS server
/// for the length of an answer, for which they then allocate 352 MB. So each server is asked one
/// question in the protocol that is configured, over the TLS that is configured. Where client and
/// server agree, the question leaves nothing in the server's log.
public final class FirstContact {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// Of a collector, which measures only after it.
  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

  private static final int TLS_ALERT = 21;
  private static final int TLS_HANDSHAKE = 22;
  private static final int TLS_MAJOR = 3;

  /// Longer than any list of mechanisms.
  private static final int LONGEST_ANSWER = 4_096;

  private static final short SASL_HANDSHAKE = 17;
  private static final short SASL_HANDSHAKE_VERSION = 1;
  private static final String CLIENT_ID = "halfsecond";

  /// Error codes of the protocol (kafka.apache.org/protocol, Error Codes).
  private static final short NONE = 0;

  private static final short UNSUPPORTED_SASL_MECHANISM = 33;
  private static final short ILLEGAL_SASL_STATE = 34;

  /// What a server has said.
  sealed interface Answer {
    record Fine() implements Answer {}

    /// @param why it cannot be reached
    record Silent(String why) implements Answer {}

    /// It can be reached, and cannot be used with these settings.
    sealed interface Unfit extends Answer {
      String why();

      /// What to set.
      String remedy();
    }

    /// Client and server speak differently.
    record Mismatch(String why, String remedy) implements Unfit {}

    /// They speak alike, and one of them does not trust the other. A renewed certificate mends
    /// that.
    record Untrusted(String why, String remedy) implements Unfit {}
  }

  private record Met(String server, Answer answer) {
    private Optional<String> remedy() {
      return answer instanceof Answer.Unfit unfit ? Optional.of(unfit.remedy()) : Optional.empty();
    }

    private String text() {
      return switch (answer) {
        case Answer.Fine _ -> server + " answers";
        case Answer.Silent(var why) -> "no Kafka at %s: %s".formatted(server, why);
        case Answer.Unfit unfit -> server + " " + unfit.why();
      };
    }
  }

  /// No server can be used.
  public static final class UnusableException extends KafkaException {
    private final String what;
    private final String remedy;
    private final boolean passes;

    /// Of settings that can never be used.
    UnusableException(String what, String remedy) {
      this(what, remedy, false);
    }

    UnusableException(String what, String remedy, boolean passes) {
      super(what + "; " + remedy);
      this.what = what;
      this.remedy = remedy;
      this.passes = passes;
    }

    /// Whether the same settings may be usable later: a server can be reached again, a certificate
    /// be renewed.
    public boolean passes() {
      return passes;
    }

    /// Each server, and why it cannot be used.
    public String what() {
      return what;
    }

    public String remedy() {
      return remedy;
    }
  }

  /// Knows whether the other side has said anything.
  private static final class HearingSocket extends Socket {
    private boolean heard;

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          return heard(super.read());
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          return heard(super.read(bytes, offset, length));
        }
      };
    }

    private int heard(int read) {
      heard |= read >= 0;
      return read;
    }

    private boolean heard() {
      return heard;
    }
  }

  private FirstContact() {}

  /// @param kafka client settings beyond the bootstrap servers
  /// @throws UnusableException if no server can be used
  public static void require(String bootstrapServers, Map<String, String> kafka) {
    var client = new Client(bootstrapServers, kafka);
    var met = meet(bootstrapServers, client, PATIENCE);
    if (!usable(met)) {
      throw unusable(met);
    }
    client.requireLogin();
  }

  /// As [#require], for a client that can wait: servers that cannot be reached may be reached
  /// later, and certificates be renewed.
  ///
  /// @return why no server can be used now, and what to do
  /// @throws UnusableException if a server answers and none can ever be used with these settings
  public static Optional<String> refuseMismatch(
      String bootstrapServers, Map<String, String> kafka) {
    var client = new Client(bootstrapServers, kafka);
    var met = meet(bootstrapServers, client, SHORT_PATIENCE);
    if (usable(met)) {
      client.requireLogin();
      return Optional.empty();
    }
    var unusable = unusable(met);
    if (!unusable.passes()) {
      throw unusable;
    }
    return Optional.ofNullable(unusable.getMessage());
  }

  private static boolean usable(List<Met> met) {
    return met.stream().anyMatch(each -> each.answer() instanceof Answer.Fine);
  }

  private static UnusableException unusable(List<Met> met) {
    return new UnusableException(
        met.stream().map(Met::text).collect(Collectors.joining(", ")),
        met.stream()
            .flatMap(each -> each.remedy().stream())
            .findFirst()
            .orElse("start Kafka, or name another with --bootstrap-servers"),
        met.stream().noneMatch(each -> each.answer() instanceof Answer.Mismatch));
  }

  /// Asks one server after the other, until one can be used.
  private static List<Met> meet(String bootstrapServers, Client client, Duration patience) {
    var met = new ArrayList<Met>();
    for (var server : Arrays.stream(bootstrapServers.split(",", -1)).map(String::strip).toList()) {
      var answer = ask(server, client, Math.toIntExact(patience.toMillis()));
      met.add(new Met(server, answer));
      if (answer instanceof Answer.Fine) {
        break;
      }
    }
    return met;
  }

  private static Answer ask(String server, Client client, int patienceMillis) {
    int colon = server.lastIndexOf(':');
    var host = server.substring(0, colon).replaceAll("^\\[|]$", "");
    var address = new InetSocketAddress(host, Integer.parseInt(server.substring(colon + 1)));
    if (address.isUnresolved()) {
      return new Answer.Silent("the name is not known");
    }
    try (var socket = new HearingSocket()) {
      socket.connect(address, patienceMillis);
      socket.setSoTimeout(patienceMillis);
      return switch (client.protocol()) {
        case PLAINTEXT, SASL_PLAINTEXT -> question(socket, client);
        case SSL, SASL_SSL -> inTls(socket, host, client);
      };
    } catch (ConnectException _) {
      return new Answer.Silent("connection refused");
    } catch (NoRouteToHostException _) {
      return new Answer.Silent("no route to the host");
    } catch (SocketTimeoutException _) {
      return new Answer.Silent("no answer for %d s".formatted(patienceMillis / 1_000));
    } catch (IOException e) {
      return new Answer.Silent(String.valueOf(e.getMessage()));
    }
  }

  private static Answer inTls(HearingSocket socket, String host, Client client) throws IOException {
    try (var tls = client.inTls(socket, host)) {
      tls.startHandshake();
      return question(tls, client);
    } catch (SSLException e) {
      return Handshakes.explain(e)
          .orElseGet(
              () ->
                  e.getCause() instanceof EOFException && socket.heard() ? ended() : noTls(client));
    } catch (SocketException | EOFException _) {
      return socket.heard() ? ended() : noTls(client);
    }
  }

  /// A server that does not take a certificate may close before its reason is read.
  private static Answer ended() {
    return new Answer.Untrusted(
        "ends the connection within TLS",
        "set kafka.ssl.keystore.location to a certificate of an authority that the brokers trust");
  }

  private static Answer noTls(Client client) {
    return new Answer.Mismatch(
        "does not speak TLS, and kafka.security.protocol is " + client.protocol(),
        "set kafka.security.protocol to %s, or name the listener that has TLS"
            .formatted(client.hasUser() ? "SASL_PLAINTEXT" : "PLAINTEXT"));
  }

  /// Asks for a SASL mechanism. A listener without SASL says that it has none.
  private static Answer question(Socket socket, Client client) throws IOException {
    var mechanism = client.mechanism();
    socket.getOutputStream().write(saslHandshake(mechanism));
    var in = socket.getInputStream();
    byte[] length = in.readNBytes(Integer.BYTES);
    if (length.length > 1
        && (length[0] == TLS_ALERT || length[0] == TLS_HANDSHAKE)
        && length[1] == TLS_MAJOR) {
      return new Answer.Mismatch(
          "speaks TLS, and kafka.security.protocol is " + client.protocol(),
          "set kafka.security.protocol to SSL, or to SASL_SSL for users with passwords");
    }
    if (length.length < Integer.BYTES) {
      throw new EOFException("the server closes the connection without an answer");
    }
    int size = ByteBuffer.wrap(length).getInt();
    byte[] answer = size < 0 || size > LONGEST_ANSWER ? new byte[0] : in.readNBytes(size);
    if (answer.length != size || size < Integer.BYTES + Short.BYTES) {
      return new Answer.Mismatch(
          "does not answer as Kafka does", "name Kafka's own port with --bootstrap-servers");
    }
    var fields = ByteBuffer.wrap(answer, Integer.BYTES, size - Integer.BYTES);
    return switch (fields.getShort()) {
      case ILLEGAL_SASL_STATE -> client.hasUser() ? noUsers(client) : new Answer.Fine();
      case UNSUPPORTED_SASL_MECHANISM ->
          client.hasUser()
              ? new Answer.Mismatch(
                  "takes %s, and kafka.sasl.mechanism is %s"
                      .formatted(mechanisms(fields), mechanism),
                  "set kafka.sasl.mechanism")
              : needsUsers(client, mechanisms(fields));
      case NONE -> client.hasUser() ? new Answer.Fine() : needsUsers(client, mechanism);
      default -> new Answer.Fine();
    };
  }

  private static Answer noUsers(Client client) {
    return new Answer.Mismatch(
        "knows no users, and kafka.security.protocol is " + client.protocol(),
        "set kafka.security.protocol to %s, or name the listener that has users"
            .formatted(client.hasTls() ? "SSL" : "PLAINTEXT"));
  }

  private static Answer needsUsers(Client client, String mechanisms) {
    return new Answer.Mismatch(
        "takes only users who prove themselves (%s), and kafka.security.protocol is %s"
            .formatted(mechanisms, client.protocol()),
        "set kafka.security.protocol to %s, kafka.sasl.mechanism and kafka.sasl.jaas.config-file"
            .formatted(client.hasTls() ? "SASL_SSL" : "SASL_PLAINTEXT"));
  }

  /// A request with its length: header version 1, then the mechanism.
  private static byte[] saslHandshake(String mechanism) {
    var client = CLIENT_ID.getBytes(StandardCharsets.UTF_8);
    var asked = mechanism.getBytes(StandardCharsets.UTF_8);
    int size = 4 * Short.BYTES + Integer.BYTES + client.length + asked.length;
    return ByteBuffer.allocate(Integer.BYTES + size)
        .putInt(size)
        .putShort(SASL_HANDSHAKE)
        .putShort(SASL_HANDSHAKE_VERSION)
        .putInt(0)
        .putShort((short) client.length)
        .put(client)
        .putShort((short) asked.length)
        .put(asked)
        .array();
  }

  private static String mechanisms(ByteBuffer fields) {
    var mechanisms = new ArrayList<String>();
    int count = fields.remaining() < Integer.BYTES ? 0 : fields.getInt();
    for (int n = 0; n < count && fields.remaining() >= Short.BYTES; n++) {
      int length = Math.clamp(fields.getShort(), 0, fields.remaining());
      var name = new byte[length];
      fields.get(name);
      mechanisms.add(new String(name, StandardCharsets.UTF_8));
    }
    return mechanisms.isEmpty() ? "no mechanism" : String.join(", ", mechanisms);
  }
}
