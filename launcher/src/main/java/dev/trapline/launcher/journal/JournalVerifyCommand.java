package dev.trapline.launcher.journal;

import dev.trapline.abi.Figures;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Survey;
import dev.trapline.launcher.options.RecordingOptions;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.Failures;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingPath;
import dev.trapline.launcher.recording.WatchedReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `trapline journal verify`.
@Command(
        name = "verify",
        description = {
            "Checks a whole recording: the manifest, the header, the images, and the checksum, position, "
                    + "predecessor, counts and records of every segment. Reports the first damage.",
            "",
            "A recording whose recorder was killed is sound up to its last whole segment.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline journal verify rec", "  trapline journal verify rec --format json"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the recording is sound",
            "2:the command line is wrong, or there is no recording that this version reads",
            "7:the recording is damaged: the message says where first; or standard output cannot be written"
        })
final class JournalVerifyCommand implements Action {

    private final Terminal terminal;

    @Mixin
    private final RecordingOptions options = new RecordingOptions();

    JournalVerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        try (WatchedReader reader = RecordingPath.open(terminal, options.directory(), OpenOptions.STRICT)) {
            RecordedWith.tellNotice(reader, terminal.err());
            Survey survey = Survey.of(reader);
            reader.watch().pause();
            return tell(reader, survey);
        } catch (RecordingException e) {
            Ending ending = Failures.ofRecording(e);
            if (options.isJson() && ending.status() == Ending.STORAGE) {
                // A recording that cannot be opened is also a result of this command.
                terminal.print(JsonObject.document("verification")
                        .with("sound", false)
                        .with("damage", Failures.damage(e))
                        .line());
            }
            return ending;
        }
    }

    private Ending tell(RecordingReader reader, Survey survey) {
        RecordingDamagedException damage = survey.damage();
        if (options.isJson()) {
            terminal.print(JsonObject.document("verification")
                    .with("sound", damage == null)
                    .with("complete", survey.complete())
                    .with("segments", survey.segments())
                    .with("records", survey.records())
                    .with("slices", survey.slices())
                    .withAny("damage", damage == null ? null : Failures.damage(damage))
                    .line());
        } else {
            terminal.print("sound     " + Figures.count(survey.segments(), "segment") + ", "
                    + Figures.count(survey.records(), "record") + ", " + Figures.count(survey.slices(), "slice") + "\n"
                    + "ends at   " + survey.end() + ", " + reach(survey) + "\n");
        }
        return damage == null
                ? new Ending(Ending.OK, "sound", reader.location() + " is sound" + upTo(survey))
                : Failures.ofRecording(damage);
    }

    private String upTo(Survey survey) {
        if (survey.complete()) {
            return "";
        }
        String last = ResultFile.lastLine(options.directory(), survey.segments());
        return " up to its last whole segment: "
                + (last == null ? "its recorder was killed, or is still running" : "its run ended with: " + last);
    }

    private static String reach(Survey survey) {
        return survey.damage() != null
                ? "where the damage begins"
                : survey.complete() ? "the end of the run" : "the last whole segment: the end of the run is missing";
    }
}
