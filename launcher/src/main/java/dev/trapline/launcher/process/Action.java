package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import dev.trapline.machine.RunReport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A subcommand, once its arguments are in.
public interface Action {

    /// Does it.
    ///
    /// @return how the process ends; [Ending#DONE] if no last line is due
    Ending perform();

    /// The file that is to say how it ended; null if there is none.
    @Nullable
    Path resultFile();

    /// The run that was performed, for the result file; null if there was none, or it did not come to an end.
    default @Nullable RunReport report() {
        return null;
    }
}
