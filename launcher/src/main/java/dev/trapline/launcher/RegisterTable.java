package dev.trapline.launcher;

import dev.trapline.abi.firmware.PsciVersion;
import dev.trapline.abi.registry.FirmwareRegisters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The pseudo firmware registers as people and programs read them.
final class RegisterTable {

    private static final String VERSION = "psci.version";

    private final FirmwareRegisters before;
    private final FirmwareRegisters after;

    /// @param before as the policy has them
    /// @param after what is shown
    RegisterTable(FirmwareRegisters before, FirmwareRegisters after) {
        this.before = before;
        this.after = after;
    }

    /// A line for each register, and what a configuration says instead of those that were written.
    String text() {
        StringBuilder text = new StringBuilder();
        for (long id : after.ids()) {
            text.append(String.format(
                    Locale.ROOT, "0x%016x  %-17s  %-7s  %s%n", id, after.name(id), hex(after.get(id)), meaning(id)));
        }
        SortedMap<String, String> changes = changes();
        if (!changes.isEmpty()) {
            text.append("\nA configuration says the same by:\n");
            changes.forEach((key, value) ->
                    text.append("  ").append(key).append(" = ").append(value).append('\n'));
        }
        return text.toString();
    }

    private String meaning(long id) {
        if (id == FirmwareRegisters.PSCI_VERSION) {
            return "services.psci.version = " + version(after);
        }
        List<String> bits = new ArrayList<>();
        after.toggles(id).forEach((bit, toggle) -> bits.add("bit " + bit + ": " + toggle + " " + onOff(after, toggle)));
        return bits.isEmpty() ? "no bits on this machine" : String.join(", ", bits);
    }

    /// What differs from the policy, as keys of a configuration.
    private SortedMap<String, String> changes() {
        SortedMap<String, String> changes = new TreeMap<>();
        for (long id : after.ids()) {
            for (String toggle : after.toggles(id).values()) {
                if (!onOff(before, toggle).equals(onOff(after, toggle))) {
                    changes.put("trapline.firmware.toggles." + toggle, onOff(after, toggle));
                }
            }
        }
        if (!version(before).equals(version(after))) {
            changes.put("trapline.firmware.services." + VERSION, '"' + version(after) + '"');
        }
        return changes;
    }

    /// An object for each register.
    String json() {
        List<Object> all = new ArrayList<>();
        for (long id : after.ids()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", Json.hex(id));
            fields.put("name", after.name(id));
            fields.put("value", Json.hex(after.get(id)));
            if (id == FirmwareRegisters.PSCI_VERSION) {
                fields.put("setting", VERSION);
                fields.put("is", version(after));
            } else {
                fields.put("bits", bits(id));
            }
            all.add(fields);
        }
        return Json.of(all);
    }

    private List<Object> bits(long id) {
        List<Object> bits = new ArrayList<>();
        after.toggles(id).forEach((bit, toggle) -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("bit", bit);
            fields.put("toggle", toggle);
            fields.put("on", after.policy().isOn(toggle, true));
            bits.add(fields);
        });
        return bits;
    }

    private static String version(FirmwareRegisters registers) {
        return registers.settings().getOrDefault(VERSION, PsciVersion.AUTO);
    }

    private static String onOff(FirmwareRegisters registers, String toggle) {
        return registers.policy().isOn(toggle, true) ? "on" : "off";
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
