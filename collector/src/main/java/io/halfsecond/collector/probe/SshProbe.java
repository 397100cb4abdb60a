package io.halfsecond.collector.probe;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.Session;
import io.halfsecond.schemas.ProbeOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Tries to log in as a user who does not exist, with a key made for the purpose, and times each
/// phase, as Andres Freund did by hand in March 2024.
///
/// **Guarantees** a probe ends within its limit and leaves no socket and no thread; it sends
/// nothing secret; a wait that the limit ended is an outcome, never a duration. Safe for use by
/// several threads.
public final class SshProbe {
  /// What sshd sends instead of its identification string to an address that it turns away
  /// (OpenSSH, sshd.c, drop_connection).
  private static final List<String> TURNED_AWAY =
      List.of("Exceeded MaxStartups", "Not allowed at this time");

  private static final String REFUSAL = "Auth fail";
  private static final int NAME_LENGTH = 12;

  private final JSch jsch = new JSch();
  private final RandomGenerator random = new SecureRandom();
  private final Duration limit;

  /// @param limit how long a probe may take
  public SshProbe(Duration limit) {
    this.limit = limit;
    try {
      var key = new ByteArrayOutputStream();
      KeyPair.genKeyPair(jsch, KeyPair.ED25519).writeOpenSSHv1PrivateKey(key, null);
      jsch.addIdentity("throwaway", key.toByteArray(), null, null);
    } catch (JSchException e) {
      throw new IllegalStateException("this JVM cannot make an Ed25519 key", e);
    }
  }

  /// Probes once.
  public Probe probe(InetSocketAddress target) {
    return probe(target, Milestones.IGNORED);
  }

  /// Probes once.
  public Probe probe(InetSocketAddress target, Milestones milestones) {
    try (var watch = new Stopwatch(target, limit, milestones)) {
      var end = attempt(target, watch);
      if (end.outcome() == ProbeOutcome.REFUSED) {
        watch.mark(ProbePhase.AUTH);
      }
      return watch.probe(end.outcome(), end.detail());
    }
  }

  /// Waits for the server to identify itself, and leaves. That covers the phase of the xz backdoor
  /// at the least cost to the server and with the smallest penalty.
  ///
  /// @return with outcome CLOSED, by the client, if the server identified itself
  public Probe identify(InetSocketAddress target, Milestones milestones) {
    try (var watch = new Stopwatch(target, limit, milestones)) {
      var sockets = watch.sockets();
      try {
        var input =
            sockets.getInputStream(sockets.createSocket(target.getHostString(), target.getPort()));
        while (!watch.reached(ProbePhase.BANNER) && input.read() != -1) {
          // The stream inspects every byte.
        }
        return watch.reached(ProbePhase.BANNER)
            ? watch.probe(ProbeOutcome.CLOSED, "")
            : failed(watch, new JSchException());
      } catch (IOException e) {
        return failed(watch, new JSchException(String.valueOf(e.getMessage()), e));
      }
    }
  }

  private Probe failed(Stopwatch watch, JSchException e) {
    var outcome = outcome(watch, e);
    return watch.probe(outcome, detail(outcome, watch, e));
  }

  private record End(ProbeOutcome outcome, String detail) {}

  private End attempt(InetSocketAddress target, Stopwatch watch) {
    try {
      var session = session(target, watch);
      session.connect();
      session.disconnect();
      return new End(ProbeOutcome.ACCEPTED, "");
    } catch (JSchException e) {
      var outcome = outcome(watch, e);
      return new End(outcome, detail(outcome, watch, e));
    } catch (RuntimeException e) {
      // The client fails on bytes that no ssh server sends: it looks up ciphers before any are
      // negotiated.
      return new End(
          ProbeOutcome.FAILED, "what it sends is no ssh: " + e.getClass().getSimpleName());
    }
  }

  private Session session(InetSocketAddress target, Stopwatch watch) throws JSchException {
    var session = jsch.getSession(userName(), target.getHostString(), target.getPort());
    // The same work on every host, whatever the versions of client and server prefer.
    session.setConfig("kex", "curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256");
    session.setConfig(
        "server_host_key", "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256");
    session.setConfig("PreferredAuthentications", "publickey");
    session.setClientVersion("SSH-2.0-Halfsecond");
    session.setSocketFactory(watch.sockets());
    session.setHostKeyRepository(watch.hosts());
    return session;
  }

  private String userName() {
    return Stream.generate(() -> Character.toString('a' + random.nextInt(26)))
        .limit(NAME_LENGTH)
        .collect(Collectors.joining());
  }

  private static ProbeOutcome outcome(Stopwatch watch, JSchException e) {
    if (watch.late()) {
      return ProbeOutcome.TIMED_OUT;
    }
    if (!watch.reached(ProbePhase.CONNECT)) {
      return ProbeOutcome.UNREACHABLE;
    }
    if (!watch.reached(ProbePhase.BANNER)) {
      return watch
          .said()
          .map(line -> TURNED_AWAY.contains(line) ? ProbeOutcome.THROTTLED : ProbeOutcome.NOT_SSH)
          .orElse(ProbeOutcome.CLOSED);
    }
    if (watch.reached(ProbePhase.KEX)) {
      return String.valueOf(e.getMessage()).startsWith(REFUSAL)
          ? ProbeOutcome.REFUSED
          : ProbeOutcome.CLOSED;
    }
    return e instanceof JSchAlgoNegoFailException ? ProbeOutcome.FAILED : ProbeOutcome.CLOSED;
  }

  private String detail(ProbeOutcome outcome, Stopwatch watch, JSchException e) {
    return switch (outcome) {
      case REFUSED, ACCEPTED, UNKNOWN -> "";
      case THROTTLED -> watch.said().orElse("");
      case NOT_SSH -> "it says \"%s\"".formatted(watch.said().map(SshProbe::printable).orElse(""));
      case TIMED_OUT ->
          "no %s within %d ms of the start".formatted(awaited(watch), limit.toMillis());
      case CLOSED -> "hung up before %s".formatted(awaited(watch));
      case UNREACHABLE, FAILED -> root(e);
    };
  }

  private static String awaited(Stopwatch watch) {
    if (!watch.reached(ProbePhase.CONNECT)) {
      return "connection";
    }
    if (!watch.reached(ProbePhase.BANNER)) {
      return "banner";
    }
    return watch.reached(ProbePhase.KEX) ? "refusal of the user" : "end of key exchange";
  }

  static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static String root(Throwable e) {
    var cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return printable(String.valueOf(cause.getMessage()));
  }
}
