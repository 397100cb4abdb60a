package io.halfsecond.collector.sshd;

import java.util.regex.Pattern;

/// What an OpenSSH server's identification string (RFC 4253, 4.2) tells.
public final class ServerIdentification {
  private static final Pattern OPENSSH =
      Pattern.compile("SSH-2\\.0-OpenSSH_(\\d{1,3})\\.(\\d{1,3})");
  private static final int MAJOR = 10;
  private static final int MINOR = 3;

  private ServerIdentification() {}

  /// Whether the preauth child sends it: from OpenSSH 10.3 on. Until then the monitor does.
  public static boolean sentByPreauthChild(String identification) {
    var version = OPENSSH.matcher(identification);
    if (!version.lookingAt()) {
      return false;
    }
    int major = Integer.parseInt(version.group(1));
    return major > MAJOR || (major == MAJOR && Integer.parseInt(version.group(2)) >= MINOR);
  }
}
