package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.Setting;
import dev.tarn.common.SettingsReader;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn config}. */
@Command(
        name = "config",
        description = {
            "List every setting with its value, where the value comes from, its limit and its default.",
            "Strongest first: flags, environment (catalog.port is TARN_CATALOG_PORT), settings file, defaults."
        })
final class ConfigCommand implements Runnable {
    private final Console console;

    @Mixin
    private SettingsFlags settings = new SettingsFlags();

    @Mixin
    private ServeFlags serve = new ServeFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    ConfigCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        SettingsReader reader = settings.reader(console, serve.byKey());
        TarnSettings.read(reader);
        Rows rows = Rows.of(
                Column.text("key"),
                Column.text("value"),
                Column.text("origin"),
                Column.text("limit"),
                Column.text("default"));
        for (Setting setting : reader.settings()) {
            rows.add(
                    setting.key(),
                    setting.value(),
                    setting.origin().name().toLowerCase(Locale.ROOT),
                    setting.limit(),
                    setting.defaultValue());
        }
        rows.print(output.writer(console));
    }
}
