package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.PrivateDirectories;
import dev.trapline.abi.file.UnusableFileException;
import dev.trapline.abi.machine.Sharing;
import dev.trapline.journal.file.LockFile;
import dev.trapline.journal.file.Permissions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Distinguishes the user's own checkpoints from those of others. A checkpoint contains the state of the emulator,
/// which is loaded into the process without checks, so a stranger's checkpoint could do anything there.
///
/// The seal of a checkpoint is an HMAC-SHA-256 over what it is of, its slice and its hash. Its hash stands for the
/// rest: for the state, and by their hashes for all pages of memory. The key is 32 random bytes in a file that only the
/// user can read. It is made when it is first needed.
///
/// May be used by several threads.
public final class CheckpointSeal {

    /// Names the file of the key, in place of the usual one.
    public static final String VARIABLE = "TRAPLINE_CHECKPOINT_KEY";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    /// Attempts to lock an empty file, and the pause after each: two seconds.
    private static final int LOCK_TRIES = 40;

    private static final long LOCK_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String SEPARATOR = " ";
    /// A SHA-256, and a seal.
    private static final String SEALED = "[0-9a-f]{64}" + SEPARATOR + "[0-9a-f]{64}";

    private final Path file;
    private @Nullable SecretKeySpec key;

    private CheckpointSeal(Path file) {
        this.file = file;
    }

    /// The seal of the key in a file, which need not be there yet.
    public static CheckpointSeal of(Path keyFile) {
        return new CheckpointSeal(keyFile);
    }

    /// Where the key is.
    public Path file() {
        return file;
    }

    /// Reads the key if there is one.
    ///
    /// @throws IOException if there is something, and it cannot be used
    synchronized void find() throws IOException {
        try {
            // An empty one is just being made by another process.
            if (key == null && Files.exists(file) && (!Files.isRegularFile(file) || Files.size(file) > 0)) {
                key = read();
            }
        } catch (NoSuchFileException e) {
            // It has just gone. Then no checkpoint is of its making.
        }
    }

    /// Reads the key, or makes it.
    ///
    /// @throws IOException if neither can be done
    synchronized void findOrMake() throws IOException {
        find();
        if (key == null) {
            make();
            key = read();
        }
    }

    private SecretKeySpec read() throws IOException {
        byte[] bytes = BoundedFile.read(file, KEY_BYTES, Links.FOLLOWED);
        if (bytes.length != KEY_BYTES) {
            throw new UnusableFileException("has " + bytes.length + " bytes, and a key has " + KEY_BYTES
                    + ": remove it to have a new one made");
        }
        requirePrivate();
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    /// The process that holds the lock of the empty file fills it: two processes that start together get one key.
    private void make() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            PrivateDirectories.make(directory);
        }
        try {
            Permissions.makeFile(file, Sharing.PRIVATE);
        } catch (FileAlreadyExistsException e) {
            // Another process was quicker, or ended before it had written the key.
        }
        BoundedFile.requireRegular(file, Links.FOLLOWED);
        requirePrivate();
        synchronized (CheckpointSeal.class) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    var _ = locked(channel)) {
                if (channel.size() == 0) {
                    byte[] bytes = new byte[KEY_BYTES];
                    new SecureRandom().nextBytes(bytes);
                    channel.write(ByteBuffer.wrap(bytes));
                    channel.force(true);
                }
            }
        }
    }

    /// Waits for the lock, and not for long: a process that fills the file has it for a moment.
    private static FileLock locked(FileChannel channel) throws IOException {
        for (int tries = 0; tries < LOCK_TRIES; tries++) {
            FileLock lock = LockFile.tryLock(channel);
            if (lock != null) {
                return lock;
            }
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
        throw new UnusableFileException("is empty, and another process keeps it locked: end that process, or remove the"
                + " file to have a new key made");
    }

    private void requirePrivate() throws IOException {
        if (Permissions.isOpenToAll(file)) {
            throw new UnusableFileException("can be read or written by all users of this machine, so it protects"
                    + " nothing: remove it to have a new one made");
        }
    }

    /// The hash of a checkpoint with its seal, as it is kept.
    ///
    /// @param of what the checkpoint is of
    /// @param hash of its body
    /// @throws IllegalStateException if there is no key
    synchronized String seal(CheckpointKey of, long slice, String hash) {
        SecretKeySpec with = key;
        if (with == null) {
            throw new IllegalStateException("there is no key to seal checkpoints with");
        }
        return hash + SEPARATOR + HexFormat.of().formatHex(mac(with, of, slice, hash));
    }

    /// The hash of a checkpoint.
    ///
    /// @param sealed as [#seal] made it
    /// @return null if it was made with another key, for something else, or is damaged
    synchronized @Nullable String open(CheckpointKey of, long slice, String sealed) {
        SecretKeySpec with = key;
        if (with == null || !sealed.matches(SEALED)) {
            return null;
        }
        int at = sealed.indexOf(SEPARATOR);
        String hash = sealed.substring(0, at);
        byte[] seal = HexFormat.of().parseHex(sealed.substring(at + 1));
        return MessageDigest.isEqual(seal, mac(with, of, slice, hash)) ? hash : null;
    }

    private static byte[] mac(SecretKeySpec with, CheckpointKey of, long slice, String hash) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(with);
            mac.update(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(of.recording())
                    .putLong(slice)
                    .array());
            List<String> parts = new ArrayList<>(List.of(CheckpointStore.FORMAT, hash, of.library()));
            parts.addAll(of.services());
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                // With its length before it, no part can be taken for another one.
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                mac.update(bytes);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
