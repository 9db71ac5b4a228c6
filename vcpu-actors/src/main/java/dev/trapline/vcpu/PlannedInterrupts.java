package dev.trapline.vcpu;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInterrupt;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The interrupts that were planned before the run, each given out once when it is due, in the order planned.
final class PlannedInterrupts {

    private final List<PlannedInterrupt> left;

    PlannedInterrupts(List<PlannedInterrupt> planned) {
        left = new ArrayList<>(planned);
    }

    /// The next one that is due; null if none is.
    @Nullable
    VcpuId next(long slices, long now) {
        if (left.isEmpty()) {
            return null;
        }
        for (Iterator<PlannedInterrupt> each = left.iterator(); each.hasNext(); ) {
            PlannedInterrupt planned = each.next();
            if (planned.when().isDue(slices, now)) {
                each.remove();
                return planned.vcpu();
            }
        }
        return null;
    }

    /// One has arrived, as a recording says: if it was planned, it is not to come again.
    void passOver(VcpuId vcpu, long slices, long now) {
        for (Iterator<PlannedInterrupt> each = left.iterator(); each.hasNext(); ) {
            PlannedInterrupt planned = each.next();
            if (planned.vcpu().equals(vcpu) && planned.when().isDue(slices, now)) {
                each.remove();
                return;
            }
        }
    }

    /// The least virtual time for which one is planned; [PowerTable#NEVER] if none is.
    long deadline() {
        long least = PowerTable.NEVER;
        for (PlannedInterrupt planned : left) {
            if (planned.when() instanceof Moment.AtTime(long ticks)) {
                least = Math.min(least, ticks);
            }
        }
        return least;
    }
}
