package io.halfsecond.deploy.probe;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// How fast a server may be probed.
///
/// From OpenSSH 9.8 on a refused user costs the client's address a penalty of 5 s, and from 15 s on
/// it is turned away (sshd_config(5), PerSourcePenalties). Penalties expire with time: a probe that
/// waits longer than one penalty never has two.
public final class Pace {
  private static final Pattern OPENSSH =
      Pattern.compile("SSH-2\\.0-OpenSSH_(\\d{1,3})\\.(\\d{1,3}).*");
  private static final Duration PENALISED = Duration.ofSeconds(6);
  private static final Duration UNPENALISED = Duration.ofMillis(200);

  private Pace() {}

  /// @param server identification string; an unknown server is assumed to penalise
  public static Duration after(Optional<String> server) {
    return server
            .map(OPENSSH::matcher)
            .filter(
                matcher ->
                    matcher.matches()
                        && olderThan98(
                            Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
            .isPresent()
        ? UNPENALISED
        : PENALISED;
  }

  private static boolean olderThan98(int major, int minor) {
    return major < 9 || (major == 9 && minor < 8);
  }
}
