package dev.trapline.abi;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// An immutable byte string, equal by content.
///
/// The array handed in is copied, and so is the one handed out: a holder of `Bytes` may pass it to any actor.
public final class Bytes {

    /// No bytes at all.
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private static final int STEP = 1 << 20;

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /// The bytes of an array, copied.
    public static Bytes copyOf(byte[] content) {
        return content.length == 0 ? EMPTY : new Bytes(content.clone());
    }

    /// Part of an array, copied.
    ///
    /// @param from first index, inclusive
    /// @param to last index, exclusive
    public static Bytes copyOf(byte[] content, int from, int to) {
        return new Bytes(Arrays.copyOfRange(content, from, to));
    }

    public int size() {
        return content.length;
    }

    public byte at(int index) {
        return content[index];
    }

    /// A copy that the caller may change.
    public byte[] toArray() {
        return content.clone();
    }

    /// Copies a part of these bytes into an array, without an array in between.
    public void copyTo(int from, byte[] target, int targetFrom, int length) {
        System.arraycopy(content, from, target, targetFrom, length);
    }

    /// The SHA-256 of the content, as 64 lower-case hexadecimal digits.
    public String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            // In small pieces: while the JVM hashes a gigabyte in one piece, it cannot be stopped.
            for (int at = 0; at < content.length; at += STEP) {
                digest.update(content, at, Math.min(STEP, content.length - at));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return content.length <= 32
                ? HexFormat.of().formatHex(content)
                : HexFormat.of().formatHex(content, 0, 32) + "... (" + content.length + " bytes)";
    }
}
