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
            "Unpacks a file that 'trapline journal export' wrote into a recording.",
            "",
            "Every byte of the file is checked. If it was cut off or changed, nothing is unpacked. It contains",
            "no checkpoints: the first seek makes them, or 'trapline journal index'.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline journal import rec.tlx rec", "  trapline replay rec"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the recording was made",
            "2:the command line is wrong, FILE is no export that this version reads, or DIR exists already",
            "7:the file is damaged or larger than --max-size, or the recording cannot be written (then there is "
                    + "no recording); or standard output cannot be written (then there is)"
        })
final class JournalImportCommand implements Action {

    /// Few enough digits that the number does not overflow.
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

    @Parameters(
            index = "1",
            paramLabel = "DIR",
            description = "The directory to make for the recording; it " + "must not exist.")
    void recording(@Nullable Path value) {
        recording = value == null ? Path.of("") : value;
    }

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            order = 1,
            description = "The most disk space that the recording may use, as in 500M or 20G. A file that "
                    + "unpacks to more is refused (default 4G).")
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
