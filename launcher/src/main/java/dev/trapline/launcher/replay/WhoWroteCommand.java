package dev.trapline.launcher.replay;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.MemoryRangeText;
import dev.trapline.launcher.options.NoCheckpointsOption;
import dev.trapline.launcher.options.PositionText;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.recording.RecordingToReplay;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.timeline.MemoryRange;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.timeline.search.MemorySearch;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trapline who-wrote`.
@Command(
        name = "who-wrote",
        description = {
            "Finds the last change of memory. It names the guest's store with position, vCPU, PC and symbol, or "
                    + "the firmware service, the reset, or the image that was loaded there, and shows the old "
                    + "and new bytes.",
            "",
            "Searches backwards from checkpoint to checkpoint until the last change of every byte is known. A "
                    + "store of the same value changes nothing, and is not found.",
            "",
            RecordingToReplay.KEYS,
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline who-wrote rec 0x40090000 8",
            "  trapline who-wrote rec 0x40090000 8 --before hypercall#9",
            "  trapline who-wrote rec 0x40090000 8 --format json",
            "",
            "To look at the machine just before a store, give its position to 'trapline replay rec --at'."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the last change was found, or nothing has changed the bytes since power-on",
            "1:Trapline or a service failed: the message says where",
            "2:the command line is wrong, or there is no recording that this version reads",
            "4:the replay diverges from the recording: the message says where first",
            "7:the recording is damaged",
            "130:Ctrl-C or a signal"
        })
public final class WhoWroteCommand implements Action {

    private final Terminal terminal;
    private String address = "";
    private String length = "";
    private String before = "end";

    @Mixin
    private final FormatOption format = new FormatOption();

    @Mixin
    private final NoCheckpointsOption noCheckpoints = new NoCheckpointsOption();

    @Mixin
    private final RecordingToReplay recording = new RecordingToReplay();

    public WhoWroteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(index = "1", paramLabel = "ADDR", description = "The physical address of the first byte.")
    void address(@Nullable String value) {
        address = value == null ? "" : value;
    }

    @Parameters(index = "2", paramLabel = "LEN", description = "The number of bytes, 1 to 65536.")
    void length(@Nullable String value) {
        length = value == null ? "" : value;
    }

    @Option(
            names = "--before",
            paramLabel = "POS",
            order = 1,
            description = "Search before this position (default end): a slice (120), an instruction in a"
                    + " slice (120:17), a call before its answer (hypercall#9), a virtual time (1.5ms), or end.")
    void before(@Nullable String value) {
        before = value == null ? "end" : value;
    }

    @Override
    public @Nullable Path resultFile() {
        return recording.result();
    }

    @Override
    public Ending perform() {
        MemoryRange range = MemoryRangeText.parse("who-wrote DIR", address, length, MemorySearch.LONGEST);
        PositionQuery position = PositionText.parse("--before", before);
        Replaying replaying = recording.prepare(
                terminal.err(),
                rules -> rules.when(
                        noCheckpoints.isGiven(), NoCheckpointsOption.WHY_NOT_TO_TUNE_THEM, "replay.checkpoints."));
        EngineFactory engines = replaying.engines();
        replaying.warn(engines, terminal.err());
        Seek seek = new Seek(terminal, terminal.replayedConsole(false), replaying, engines, !noCheckpoints.isGiven());
        Ending ending = seek.whoWrote(range, position, format.isJson());
        return ending.status() == Ending.OK ? Ending.DONE : ending;
    }
}
