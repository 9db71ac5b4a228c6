package dev.trapline.launcher.explore;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.explore.CallInState;
import dev.trapline.explore.Coverage;
import dev.trapline.explore.Explorer;
import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Seeds;
import dev.trapline.explore.Tally;
import dev.trapline.journal.file.Disk;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The file in which an exploration keeps how far it is, so that it can continue after it was killed.
///
/// It is replaced as a whole: at any time there is one that can be read.
///
/// @param directory the exploration's
/// @param of what is explored, as digits: another guest or plan has others
/// @param seeds all seeds
record ExplorationFile(Path directory, String of, Seeds seeds) {

    private static final String NAME = "exploration.json";
    private static final int LARGEST = 16 << 20;

    /// Reads how far an earlier exploration came.
    ///
    /// @return null if there was none
    /// @throws CommandException if the directory belongs to something else
    Explorer.@Nullable Kept read() {
        if (!Files.exists(directory)) {
            return null;
        }
        try {
            String text = new String(
                    BoundedFile.read(directory.resolve(NAME), LARGEST, Links.REFUSED), StandardCharsets.UTF_8);
            ExplorationReader kept = ExplorationReader.read(text);
            if (!kept.of().equals(of)) {
                throw CommandException.usage("--out " + directory
                        + " has an exploration of another guest, place, plan or schedule: name another directory");
            }
            if (kept.first() != seeds.first()) {
                throw CommandException.usage("--out " + directory + " has an exploration that begins with seed "
                        + kept.first() + ": name another directory");
            }
            return new Explorer.Kept(kept.next(), kept.tally());
        } catch (IOException e) {
            throw CommandException.usage(
                    "--out " + directory
                            + " exists, and has no exploration that can be continued: name another directory",
                    e);
        }
    }

    /// Makes the directory.
    ///
    /// @throws CommandException if it cannot be made
    void prepare() {
        try {
            KeptFiles.makeNamed(directory);
            write(new Explorer.Kept(seeds.first(), Tally.NOTHING));
        } catch (IOException e) {
            throw CommandException.usage("--out " + directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    /// Writes how far it is.
    ///
    /// @throws IOException if it cannot be written
    void write(Explorer.Kept kept) throws IOException {
        Tally tally = kept.tally();
        List<Object> groups = new ArrayList<>();
        for (FailureGroup group : tally.groups()) {
            groups.add(new JsonObject()
                    .with("kind", group.finding().kind().id())
                    .with("signature", group.finding().signature())
                    .with("message", group.finding().text())
                    .with("runs", group.runs())
                    .with("firstSeed", group.firstSeed())
                    .with("seed", group.seed())
                    .with("slices", group.slices()));
        }
        Coverage coverage = tally.coverage();
        List<Object> calls = new ArrayList<>();
        for (CallInState call : coverage.calls()) {
            calls.add(new JsonObject()
                    .with("function", call.function())
                    .with("state", call.state())
                    .with("result", call.result()));
        }
        List<Object> rules = new ArrayList<>();
        coverage.faults()
                .forEach((rule, fired) ->
                        rules.add(new JsonObject().with("rule", rule).with("fired", fired)));
        JsonObject document = new JsonObject()
                .with("of", of)
                .with("first", seeds.first())
                .with("next", kept.next())
                .with("runs", tally.runs())
                .with("failed", tally.failed())
                .with("checked", tally.checked())
                .with("allSlices", tally.slices())
                .with("instructions", tally.instructions())
                .with("longest", tally.longest())
                .with("groups", groups)
                .with("code", coverage.code().toString())
                .with("calls", calls)
                .with("rules", rules);
        Disk.write(directory.resolve(NAME), document.line());
    }
}
