package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The small text file that makes a directory a recording.
///
/// ```text
/// trapline-recording
/// format = 3
/// id = 3f0c...
/// store = mvstore
/// durability = interval
/// state = closed                 or 'open': being written, or its recorder was killed
/// segments = 12                  closed only: how many there are
/// digest = 9c01f3a2b4d5e6f7      closed only: digest of the last one, of the header if there is none
/// ```
///
/// @param id the recording's
/// @param store what keeps the events: [#MVSTORE], the URL of a [dev.trapline.journal.store.Database], or the id of
///     an Akka journal plugin
/// @param durability how it was stored; for people
/// @param closed whether the recorder closed it
/// @param segments how many segments a closed recording has, 0 for an open one
/// @param digest digest of the last of them, 0 for an open one
public record Manifest(String id, String store, String durability, boolean closed, long segments, long digest) {

    /// The store that keeps events in a file of the recording's own.
    public static final String MVSTORE = "mvstore";

    /// The most that a manifest may have: a few lines, one of them perhaps a long URL.
    public static final int MOST_BYTES = 64 << 10;

    /// The most characters that a line may have: the URL of a database is the longest.
    static final int MOST_LINE = 4096;

    private static final String FIRST_LINE = "trapline-recording";

    static Manifest open(String id, String store, String durability) {
        return new Manifest(id, store, durability, false, 0, 0);
    }

    Manifest close(long withSegments, long withDigest) {
        return new Manifest(id, store, durability, true, withSegments, withDigest);
    }

    /// The same recording with its events in another store.
    public Manifest in(String otherStore) {
        return new Manifest(id, otherStore, durability, closed, segments, digest);
    }

    void write(Path file) throws IOException {
        Disk.write(file, text());
    }

    /// What the file holds.
    public String text() {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        text.append("format = ").append(JournalFormat.VERSION).append('\n');
        text.append("id = ").append(id).append('\n');
        text.append("store = ").append(store).append('\n');
        text.append("durability = ").append(durability).append('\n');
        text.append("state = ").append(closed ? "closed" : "open").append('\n');
        if (closed) {
            text.append("segments = ").append(segments).append('\n');
            text.append("digest = ").append(Long.toHexString(digest)).append('\n');
        }
        return text.toString();
    }

    /// @throws RecordingException if it is no manifest, or one of another format version
    static Manifest read(Path file) {
        String text;
        try {
            text = text(BoundedFile.read(file, MOST_BYTES, Links.REFUSED));
        } catch (IOException e) {
            throw new RecordingException(
                    Kind.NOT_A_RECORDING,
                    "there is no recording at " + file.getParent() + ": " + file + " " + BoundedFile.reason(e),
                    e);
        }
        if (!text.startsWith(FIRST_LINE + "\n")) {
            throw new RecordingException(
                    Kind.NOT_A_RECORDING,
                    "there is no recording at " + file.getParent() + ": " + file + " is not one's");
        }
        return parse(text, file);
    }

    /// The manifest that some bytes are.
    ///
    /// @param file where they were read, for messages
    /// @throws RecordingException if they are none, or one of another format version
    public static Manifest parse(byte[] bytes, Path file) {
        try {
            return parse(text(bytes), file);
        } catch (CharacterCodingException e) {
            throw new RecordingException(
                    Kind.DAMAGED, "the recording's manifest " + file + " is damaged: it is no text in UTF-8", e);
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    /// The manifest that a text is.
    ///
    /// @param file where it was read, for messages
    /// @throws RecordingException if it is no manifest, or one of another format version
    public static Manifest parse(String text, Path file) {
        SortedMap<String, String> values = lines(text, file);
        String format = value(file, values, "format");
        if (!format.matches("[1-9][0-9]{0,8}") || !JournalFormat.isRead(Integer.parseInt(format))) {
            throw new RecordingException(
                    Kind.NOT_SUPPORTED,
                    "the recording of " + file + " is of format version " + format
                            + ", and this Trapline reads " + JournalFormat.READ
                            + JournalFormat.remedy(format));
        }
        String id = value(file, values, "id");
        String store = value(file, values, "store");
        String durability = value(file, values, "durability");
        String state = value(file, values, "state");
        try {
            return switch (state) {
                case "open" -> open(id, store, durability);
                case "closed" ->
                    open(id, store, durability)
                            .close(
                                    Long.parseLong(value(file, values, "segments")),
                                    Long.parseUnsignedLong(value(file, values, "digest"), 16));
                default -> throw damaged(file, "there is no state '" + state + "'");
            };
        } catch (NumberFormatException e) {
            throw damaged(file, String.valueOf(e.getMessage()));
        }
    }

    private static SortedMap<String, String> lines(String text, Path file) {
        SortedMap<String, String> values = new TreeMap<>();
        AtomicInteger number = new AtomicInteger(1);
        text.lines().skip(1).forEach(line -> {
            number.incrementAndGet();
            requirePlain(line, number.get(), file);
            int equals = line.indexOf('=');
            if (equals < 0
                    || values.put(
                                    line.substring(0, equals).strip(),
                                    line.substring(equals + 1).strip())
                            != null) {
                throw damaged(file, "'" + line + "'");
            }
        });
        return values;
    }

    /// What is shown, and written again by an import.
    private static void requirePlain(String line, int number, Path file) {
        if (line.length() > MOST_LINE) {
            throw damaged(file, "line " + number + " has " + line.length() + " characters, and at most " + MOST_LINE);
        }
        if (line.chars().anyMatch(Character::isISOControl)) {
            throw damaged(file, "line " + number + " has a control character");
        }
    }

    private static String value(Path file, SortedMap<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw damaged(file, "there is no '" + key + "'");
        }
        return value;
    }

    private static RecordingException damaged(Path file, String detail) {
        return new RecordingException(Kind.DAMAGED, "the recording's manifest " + file + " is damaged: " + detail);
    }
}
