package dev.trapline.machine;

import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.policy.Decision;
import dev.trapline.machine.text.HypercallText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Adds the context of a divergence: vCPU, function, and service with its versions.
final class DivergenceContext {

    private final HypercallText text;
    private final ServiceVersions versions;

    DivergenceContext(HypercallText text, ServiceVersions versions) {
        this.text = text;
        this.versions = versions;
    }

    /// The report of a divergence with its context, one line for each fact.
    ///
    /// @param current the slice that ended last; null if none has
    String report(DivergenceException divergence, @Nullable Slice current) {
        List<String> lines = new ArrayList<>();
        if (current != null) {
            lines.add("vCPU: " + current.vcpu());
            if (current.exit() instanceof HypercallExit call) {
                lines.add("function: " + function(call));
            }
        }
        JournalRecord expected = divergence.expected();
        if (expected instanceof Slice slice && slice.exit() instanceof HypercallExit call) {
            lines.add("function as recorded: " + function(call));
        }
        TreeSet<String> services = new TreeSet<>();
        addService(expected, services);
        addService(divergence.actual(), services);
        services.forEach(service -> lines.add(versions.describe(service)));
        for (String changed : versions.changed()) {
            if (!lines.contains(changed)) {
                lines.add("another version than was recorded: " + changed);
            }
        }
        StringBuilder report = new StringBuilder(divergence.report());
        lines.forEach(line -> report.append("\n  ").append(line));
        return report.toString();
    }

    private String function(HypercallExit call) {
        return call.conduit() + " " + text.name(call) + "(" + String.join(", ", text.arguments(call)) + ")";
    }

    private static void addService(@Nullable JournalRecord record, Set<String> services) {
        if (record instanceof Answer answer) {
            switch (answer.decision()) {
                case Decision.Resident(String service) -> services.add(service);
                case Decision.Forwarded(String service) -> services.add(service);
                case Decision.Denied _ -> {}
            }
        } else if (record instanceof JournalRecord.Reaction reaction) {
            services.add(reaction.service());
        }
    }
}
