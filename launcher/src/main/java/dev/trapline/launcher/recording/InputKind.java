package dev.trapline.launcher.recording;

import dev.trapline.launcher.output.ShellText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/// What a file is, by its first bytes: to tell somebody who gave the wrong one which command takes it.
public enum InputKind {
    /// An ELF file: a guest.
    GUEST("a guest", "run it with: trapline run %s"),
    /// What `trapline journal export` wrote.
    EXPORT("an exported recording", "import it first: trapline journal import %s rec && trapline replay rec"),
    /// A directory with a recording in it.
    RECORDING("a recording", "replay it with: trapline replay %s"),
    /// A flattened device tree.
    DEVICE_TREE("a device tree", "give it to a guest: trapline run --dtb %s IMAGE"),
    /// Any other directory.
    DIRECTORY("a directory", ""),
    /// Any other file.
    OTHER("a file", ""),
    /// There is nothing.
    ABSENT("not there", "");

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final byte[] TREE = {(byte) 0xd0, 0x0d, (byte) 0xfe, (byte) 0xed};
    private static final byte[] EXPORTED = "TLRX".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST = 4;

    private final String description;
    private final String command;

    InputKind(String description, String command) {
        this.description = description;
        this.command = command;
    }

    /// Looks at a file. Reads regular files only: a pipe would wait for its writer.
    public static InputKind of(Path path) {
        if (Files.isDirectory(path)) {
            // Whatever stands there: opening the recording says what is wrong with it.
            return Files.exists(path.resolve("manifest"), LinkOption.NOFOLLOW_LINKS) ? RECORDING : DIRECTORY;
        }
        if (!Files.exists(path)) {
            return ABSENT;
        }
        if (!Files.isRegularFile(path)) {
            return OTHER;
        }
        try (InputStream in = Files.newInputStream(path)) {
            return of(in.readNBytes(LONGEST));
        } catch (IOException _) {
            return OTHER;
        }
    }

    /// What begins with these bytes.
    public static InputKind of(byte[] first) {
        byte[] magic = Arrays.copyOf(first, LONGEST);
        if (Arrays.equals(magic, ELF)) {
            return GUEST;
        }
        if (Arrays.equals(magic, EXPORTED)) {
            return EXPORT;
        }
        return Arrays.equals(magic, TREE) ? DEVICE_TREE : OTHER;
    }

    /// Whether some command takes it.
    public boolean hasCommand() {
        return !command.isEmpty();
    }

    /// Says what the file is, and which command takes it.
    ///
    /// @param path of this kind
    public String hint(Path path) {
        return path + " is " + description
                + (command.isEmpty() ? "" : "; " + command.formatted(ShellText.quoted(path)));
    }
}
