package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import dev.trapline.machine.RunReport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A subcommand whose arguments have been parsed.
public interface Action {

    /// Does it.
    ///
    /// @return how the process ends; [Ending#DONE] if there is no last line to print
    Ending perform();

    /// The result file; null if there is none.
    @Nullable
    Path resultFile();

    /// The report of the run, for the result file; null if there was no run, or it did not end.
    default @Nullable RunReport report() {
        return null;
    }
}
