package dev.trapline.launcher.journal;

import dev.trapline.journal.bundle.ExportSummary;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.ShareOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.recording.RecordingPath;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trapline journal export`.
@Command(
        name = "export",
        description = {
            "Packs a recording into one compressed file, to attach it to a report.",
            "",
            "The recording is not changed. If it was not closed, because its recorder was killed or still runs,",
            "it is packed up to its last whole segment. Checkpoints are left out: nobody else can use them.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline journal export rec rec.tlx", "  trapline journal export --without-images rec rec.tlx"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the file was written",
            "2:the command line is wrong, there is no recording that this version reads, or FILE exists already",
            "7:the recording is damaged, or the file cannot be written (then there is no file); or standard "
                    + "output cannot be written (then there is)"
        })
final class JournalExportCommand implements Action {

    private final Terminal terminal;
    private Path recording = Path.of("");
    private Path file = Path.of("");
    private boolean withoutImages;

    @Mixin
    private final FormatOption format = new FormatOption();

    @Mixin
    private final ShareOption share = new ShareOption();

    JournalExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(index = "0", paramLabel = "DIR", description = "The recording.")
    void recording(@Nullable Path value) {
        recording = value == null ? Path.of("") : value;
    }

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to write; it must not exist.")
    void file(@Nullable Path value) {
        file = value == null ? Path.of("") : value;
    }

    @Option(
            names = "--without-images",
            order = 1,
            description = "Leave the guest's images out: give them to a replay with 'replay --image FILE'.")
    void withoutImages(boolean given) {
        withoutImages = given;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        RecordingPath.require(recording);
        ExportSummary summary;
        Watch watch = terminal.watch("exporting " + recording);
        try {
            summary = Recordings.export(
                    recording,
                    file,
                    !withoutImages,
                    share.sharing(),
                    (segment, segments) -> watch.at("segment", segment, segments));
        } finally {
            watch.pause();
        }
        terminal.print(
                new ExportText(recording, file, summary).as(format.isJson(), "exported " + recording + " to " + file));
        return Ending.DONE;
    }
}
