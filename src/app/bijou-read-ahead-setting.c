#include "config.h"

#include "bijou-read-ahead-setting.h"

static void
on_setting_changed_cb (GSettings *settings, const char *key, BijouMediaCache *cache)
{
  guint seconds = g_settings_get_uint (settings, "read-ahead-seconds");
  guint limit_mb = g_settings_get_uint (settings, "read-ahead-mb");

  bijou_media_cache_set_read_ahead (cache, seconds, limit_mb);
}

/**
 * bijou_read_ahead_setting_bind:
 * @cache: the cache of films
 * @settings: the user's preferences
 *
 * Has films be fetched as far ahead as the preferences say, now and whenever they change. Main
 * thread.
 */
void
bijou_read_ahead_setting_bind (BijouMediaCache *cache, GSettings *settings)
{
  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (cache));
  g_return_if_fail (G_IS_SETTINGS (settings));

  on_setting_changed_cb (settings, NULL, cache);
  g_signal_connect_object (settings, "changed::read-ahead-seconds",
                           G_CALLBACK (on_setting_changed_cb), cache, 0);
  g_signal_connect_object (settings, "changed::read-ahead-mb", G_CALLBACK (on_setting_changed_cb),
                           cache, 0);
}

static void
on_metered_changed_cb (GNetworkMonitor *monitor, GParamSpec *pspec, BijouMediaCache *cache)
{
  gboolean metered = g_network_monitor_get_network_metered (monitor);

  if (metered)
    g_info ("The network is metered: films are fetched a little ahead only");
  bijou_media_cache_set_metered (cache, metered);
}

/**
 * bijou_read_ahead_setting_heed_network:
 * @cache: the cache of films
 *
 * Spares the network where the system says that it is metered, from now on. Main thread.
 */
void
bijou_read_ahead_setting_heed_network (BijouMediaCache *cache)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  g_return_if_fail (BIJOU_IS_MEDIA_CACHE (cache));

  on_metered_changed_cb (monitor, NULL, cache);
  g_signal_connect_object (monitor, "notify::network-metered", G_CALLBACK (on_metered_changed_cb),
                           cache, 0);
}
