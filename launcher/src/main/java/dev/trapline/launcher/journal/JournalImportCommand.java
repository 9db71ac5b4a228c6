package dev.trapline.launcher.journal;

import dev.trapline.config.Quantities;
import dev.trapline.journal.bundle.ExportSummary;
import dev.trapline.journal.bundle.ImportLimits;
import dev.trapline.journal.bundle.ImportProgress;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.ShareOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.recording.InputKind;
import java.math.BigInteger;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trapline journal import`.
@Command(
        name = "import",
        description = {
            "Makes a recording of a file that 'trapline journal export' wrote.",
            "",
            "The file is checked byte by byte: one that was cut off or changed is refused, and nothing is made. It"
                    + " holds",
            "no checkpoints: the first look at a position makes them, or 'trapline journal index'.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline journal import rec.tlx rec", "  trapline replay rec"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the recording is there",
            "2:the command line is wrong, FILE is no export that this version reads, or something is at DIR",
            "7:the file is damaged or larger than --max-size, or the recording cannot be written: there is no"
                    + " recording; or standard output cannot be written: there is one"
        })
final class JournalImportCommand implements Action {

    /// Of so many digits that it does not overflow.
    private static final String DEFAULT_SIZE = "4G";

    private final Terminal terminal;
    private Path file = Path.of("");
    private Path recording = Path.of("");
    private String mostBytes = DEFAULT_SIZE;

    @Mixin
    private final FormatOption format = new FormatOption();

    @Mixin
    private final ShareOption share = new ShareOption();

    JournalImportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(index = "0", paramLabel = "FILE", description = "The exported file.")
    void file(@Nullable Path value) {
        file = value == null ? Path.of("") : value;
    }

    @Parameters(index = "1", paramLabel = "DIR", description = "The recording to be made; it must not exist.")
    void recording(@Nullable Path value) {
        recording = value == null ? Path.of("") : value;
    }

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            order = 1,
            description = "What the recording may take on the disk, as in 500M or 20G; a file that unpacks to more is"
                    + " refused (default: 4G).")
    void mostBytes(@Nullable String size) {
        mostBytes = size == null ? DEFAULT_SIZE : size;
    }

    private long mostBytes() {
        BigInteger bytes = Quantities.size(mostBytes);
        if (bytes == null || bytes.signum() <= 0 || bytes.bitLength() >= Long.SIZE) {
            throw CommandException.usage("--max-size " + mostBytes + ": give a size, as in 500M or 20G");
        }
        return bytes.longValue();
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        InputKind kind = InputKind.of(file);
        switch (kind) {
            case GUEST, RECORDING, DEVICE_TREE -> throw CommandException.usage(kind.hint(file));
            case EXPORT, DIRECTORY, OTHER, ABSENT -> {}
        }
        long most = mostBytes();
        ExportSummary summary;
        Watch watch = terminal.watch("importing " + file);
        try {
            ImportLimits limits = new ImportLimits(most, (step, done, total) -> watch.at(unit(step), done, total));
            summary = Recordings.importTo(file, recording, share.sharing(), limits);
        } finally {
            watch.pause();
        }
        terminal.print(
                new ExportText(recording, file, summary).as(format.isJson(), "imported " + file + " to " + recording));
        return Ending.DONE;
    }

    private static String unit(ImportProgress.Step step) {
        return switch (step) {
            case READING -> "byte";
            case PACKING -> "packing segment";
            case CHECKING -> "checking segment";
        };
    }
}
