package dev.trapline.launcher.caps;

import dev.trapline.launcher.output.Json;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.registry.kvm.FirmwareRegisters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// The pseudo firmware registers, as text and as JSON.
final class RegisterTable {

    private final FirmwareRegisters before;
    private final FirmwareRegisters after;

    /// @param before the registers under the policy
    /// @param after the registers to show
    RegisterTable(FirmwareRegisters before, FirmwareRegisters after) {
        this.before = before;
        this.after = after;
    }

    /// One line for each register, and the configuration keys that have the same effect as the written values.
    String text() {
        StringBuilder text = new StringBuilder();
        for (long id : after.ids()) {
            text.append(String.format(
                    Locale.ROOT,
                    "0x%016x  %-17s  %-7s  %s%n",
                    id,
                    after.name(id),
                    Json.hex(after.get(id)),
                    meaning(id)));
        }
        SortedMap<String, String> changes = changes();
        if (!changes.isEmpty()) {
            text.append("\nThe same as configuration keys:\n");
            changes.forEach((key, value) ->
                    text.append("  ").append(key).append(" = ").append(value).append('\n'));
        }
        return text.toString();
    }

    private String meaning(long id) {
        String setting = after.setting(id);
        if (setting != null) {
            return "services." + setting + " = " + after.settingText(id);
        }
        List<String> bits = new ArrayList<>();
        after.toggles(id).forEach((bit, toggle) -> bits.add("bit " + bit + ": " + toggle + " " + onOff(after, toggle)));
        return bits.isEmpty() ? "no bits on this machine" : String.join(", ", bits);
    }

    /// The differences from the policy, as configuration keys.
    private SortedMap<String, String> changes() {
        SortedMap<String, String> changes = new TreeMap<>();
        for (long id : after.ids()) {
            for (String toggle : after.toggles(id).values()) {
                if (!onOff(before, toggle).equals(onOff(after, toggle))) {
                    changes.put("trapline.firmware.toggles." + toggle, onOff(after, toggle));
                }
            }
            String setting = after.setting(id);
            if (setting != null && !before.settingText(id).equals(after.settingText(id))) {
                changes.put("trapline.firmware.services." + setting, '"' + after.settingText(id) + '"');
            }
        }
        return changes;
    }

    /// A document with an object for each register, and the configuration keys that have the same effect as the
    /// written values.
    String json() {
        List<Object> all = new ArrayList<>();
        for (long id : after.ids()) {
            JsonObject fields = new JsonObject()
                    .with("registerId", Json.hex(id))
                    .with("register", after.name(id))
                    .with("value", Json.hex(after.get(id)));
            String setting = after.setting(id);
            all.add(
                    setting != null
                            ? fields.with("setting", "services." + setting).with("is", after.settingText(id))
                            : fields.with("bits", bits(id)));
        }
        return JsonObject.document("registers")
                .with("firmwareRegisters", all)
                .with("configuration", changes())
                .line();
    }

    private List<Object> bits(long id) {
        List<Object> bits = new ArrayList<>();
        after.toggles(id)
                .forEach((bit, toggle) -> bits.add(new JsonObject()
                        .with("bit", bit)
                        .with("toggle", toggle)
                        .with("on", after.policy().isOn(toggle, true))));
        return bits;
    }

    private static String onOff(FirmwareRegisters registers, String toggle) {
        return registers.policy().isOn(toggle, true) ? "on" : "off";
    }
}
