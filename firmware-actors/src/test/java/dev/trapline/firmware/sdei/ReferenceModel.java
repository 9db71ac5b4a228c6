package dev.trapline.firmware.sdei;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A second, different implementation of SDEI: flags in arrays, a stack for each PE, no table. It knows events 0, 805
/// (private, normal), 806 (private, critical), 807 (shared, normal) and 804 (shared, critical), the shared ones with
/// RM_ANY.
final class ReferenceModel {

    static final int PES = 3;

    /// The result of [#complete] if it does not return to the caller.
    static final long NO_RETURN = Long.MIN_VALUE;

    /// In the order in which they are delivered.
    static final List<Integer> EVENTS = List.of(804, 806, 0, 805, 807);

    private static final int CRITICAL_COUNT = 2;

    private final boolean[][] registered = new boolean[EVENTS.size()][PES];
    private final boolean[][] enabled = new boolean[EVENTS.size()][PES];
    private final boolean[][] running = new boolean[EVENTS.size()][PES];
    private final boolean[][] pending = new boolean[EVENTS.size()][PES];
    private final boolean[] masked = {true, true, true};
    private final boolean[] on = {true, true, true};
    private final List<Deque<Integer>> stacks = List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());

    static boolean isShared(int event) {
        return event == 804 || event == 807;
    }

    static boolean isCritical(int event) {
        return EVENTS.indexOf(event) < CRITICAL_COUNT;
    }

    boolean isOn(int pe) {
        return on[pe];
    }

    private static int at(int event, int pe) {
        return isShared(event) ? 0 : pe;
    }

    long register(int event, int pe) {
        int e = EVENTS.indexOf(event);
        int i = at(event, pe);
        if (registered[e][i] || running[e][i]) {
            return -3;
        }
        registered[e][i] = true;
        forget(event, i);
        return 0;
    }

    private void forget(int event, int i) {
        if (event != 0) {
            pending[EVENTS.indexOf(event)][i] = false;
        }
    }

    long enable(int event, int pe, boolean to) {
        int e = EVENTS.indexOf(event);
        int i = at(event, pe);
        if (!registered[e][i]) {
            return -3;
        }
        enabled[e][i] = to;
        return 0;
    }

    long unregister(int event, int pe) {
        int e = EVENTS.indexOf(event);
        int i = at(event, pe);
        long result = running[e][i] ? -5 : registered[e][i] ? 0 : -3;
        if (registered[e][i]) {
            registered[e][i] = false;
            enabled[e][i] = false;
            forget(event, i);
        }
        return result;
    }

    long status(int event, int pe) {
        int e = EVENTS.indexOf(event);
        int i = at(event, pe);
        return (registered[e][i] ? 1L : 0) + (enabled[e][i] ? 2L : 0) + (running[e][i] ? 4L : 0);
    }

    long complete(int pe) {
        if (stacks.get(pe).isEmpty()) {
            return -3;
        }
        int event = stacks.get(pe).pop();
        running[EVENTS.indexOf(event)][at(event, pe)] = false;
        return NO_RETURN;
    }

    long signal(int target) {
        if (masked[target] || !enabled[EVENTS.indexOf(0)][target]) {
            return -2;
        }
        inject(0, target);
        return 0;
    }

    void inject(int event, int pe) {
        int e = EVENTS.indexOf(event);
        int i = at(event, pe);
        pending[e][i] |= registered[e][i];
    }

    long mask(int pe) {
        boolean before = masked[pe];
        masked[pe] = true;
        return before ? 0 : 1;
    }

    long unmask(int pe) {
        masked[pe] = false;
        return 0;
    }

    long reset(int pe, boolean shared) {
        long result = 0;
        for (int event : EVENTS) {
            if (isShared(event) == shared && unregister(event, pe) == -5) {
                result = -3;
            }
        }
        return result;
    }

    void power(int pe, boolean to) {
        on[pe] = to;
        masked[pe] = true;
        while (complete(pe) == NO_RETURN) {
            // Ends all of its handlers.
        }
        for (int event : EVENTS) {
            if (!isShared(event)) {
                int e = EVENTS.indexOf(event);
                registered[e][pe] = false;
                enabled[e][pe] = false;
                pending[e][pe] = false;
            }
        }
    }

    /// Delivers all events that can be delivered.
    ///
    /// @return each as `event>pe`
    List<String> deliver() {
        List<String> delivered = new ArrayList<>();
        for (int event : EVENTS) {
            if (isShared(event)) {
                int chosen = -1;
                for (int pe = PES - 1; pe >= 0; pe--) {
                    boolean better = chosen < 0
                            || stacks.get(pe).isEmpty()
                            || !stacks.get(chosen).isEmpty();
                    chosen = takes(event, pe) && better ? pe : chosen;
                }
                if (chosen >= 0) {
                    delivered.add(enter(event, chosen));
                }
            } else {
                for (int pe = 0; pe < PES; pe++) {
                    if (takes(event, pe)) {
                        delivered.add(enter(event, pe));
                    } else if (event == 0
                            && stacks.get(pe).isEmpty()
                            && (masked[pe] || !registered[EVENTS.indexOf(0)][pe])) {
                        pending[EVENTS.indexOf(0)][pe] = false;
                    }
                }
            }
        }
        return delivered;
    }

    private boolean takes(int event, int pe) {
        int e = EVENTS.indexOf(event);
        int i = at(event, pe);
        boolean free = stacks.get(pe).isEmpty()
                || (isCritical(event) && !isCritical(stacks.get(pe).peek()));
        return pending[e][i] && enabled[e][i] && !running[e][i] && !masked[pe] && free;
    }

    private String enter(int event, int pe) {
        int e = EVENTS.indexOf(event);
        int i = at(event, pe);
        pending[e][i] = false;
        running[e][i] = true;
        stacks.get(pe).push(event);
        return event + ">" + pe;
    }
}
