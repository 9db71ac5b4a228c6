package dev.trapline.launcher.recording;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.launcher.output.ShellText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/// The kind of a file, recognized by its first bytes, so that a message can name the command for a misplaced file.
public enum InputKind {
    /// An ELF file: a guest.
    GUEST("a guest", "run it with: trapline run %s"),
    /// A file that `trapline journal export` wrote.
    EXPORT("an exported recording", "import it first: trapline journal import %s rec && trapline replay rec"),
    /// A directory with a recording in it.
    RECORDING("a recording", "replay it with: trapline replay %s"),
    /// A flattened device tree.
    DEVICE_TREE("a device tree", "pass it to a guest with: trapline run --dtb %s IMAGE"),
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

    /// Examines a file. Reads only regular files: a read from a pipe could block.
    public static InputKind of(Path path) {
        if (Files.isDirectory(path)) {
            // A wrong manifest is reported when the recording is opened.
            return Files.exists(path.resolve("manifest"), LinkOption.NOFOLLOW_LINKS) ? RECORDING : DIRECTORY;
        }
        if (!Files.exists(path)) {
            return ABSENT;
        }
        if (!Files.isRegularFile(path)) {
            return OTHER;
        }
        try (InputStream in = Channels.newInputStream(BoundedFile.open(path, Links.FOLLOWED))) {
            return of(in.readNBytes(LONGEST));
        } catch (IOException _) {
            return OTHER;
        }
    }

    /// The kind of a file that begins with these bytes.
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

    /// Whether there is a command for it.
    public boolean hasCommand() {
        return !command.isEmpty();
    }

    /// Describes the file, and names the command for it.
    ///
    /// @param path of this kind
    public String hint(Path path) {
        return path + " is " + description
                + (command.isEmpty() ? "" : "; " + command.formatted(ShellText.quoted(path)));
    }
}
