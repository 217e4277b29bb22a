#include "config.h"

#include "bijou-cache-setting.h"

static gboolean
is_kept (GSettings *settings, const char *how)
{
  g_autofree char *keep = g_settings_get_string (settings, "cache-keep");

  return g_str_equal (keep, how);
}

/**
 * bijou_cache_setting_get_budget:
 * @settings: of the profile
 *
 * Returns: bytes
 */
gint64
bijou_cache_setting_get_budget (GSettings *settings)
{
  if (is_kept (settings, "off"))
    return 0;
  return (gint64) g_settings_get_uint (settings, "cache-size-mb") << 20;
}

/**
 * bijou_cache_setting_apply:
 * @cache: the films
 * @settings: of the profile
 */
void
bijou_cache_setting_apply (BijouMediaCache *cache, GSettings *settings)
{
  bijou_media_cache_set_only_watched (cache, is_kept (settings, "watching"));
  bijou_media_cache_set_budget (cache, bijou_cache_setting_get_budget (settings));
}
