#include "config.h"

#include "bijou-play-choices.h"

/**
 * bijou_play_choices_new:
 * @version_id: (nullable): a version
 * @audio_id: (nullable): one of its sound streams
 * @subtitle_id: (nullable): one of its subtitles; "" for none
 *
 * Returns: (transfer full): choices
 */
BijouPlayChoices *
bijou_play_choices_new (const char *version_id, const char *audio_id, const char *subtitle_id)
{
  BijouPlayChoices *self = g_new0 (BijouPlayChoices, 1);

  self->version_id = g_strdup (version_id);
  self->audio_id = g_strdup (audio_id);
  self->subtitle_id = g_strdup (subtitle_id);
  return self;
}

/**
 * bijou_play_choices_copy:
 * @self: (nullable): choices
 *
 * Returns: (transfer full) (nullable): the same
 */
BijouPlayChoices *
bijou_play_choices_copy (const BijouPlayChoices *self)
{
  if (self == NULL)
    return NULL;
  return bijou_play_choices_new (self->version_id, self->audio_id, self->subtitle_id);
}

/**
 * bijou_play_choices_free:
 * @self: (nullable): choices
 */
void
bijou_play_choices_free (BijouPlayChoices *self)
{
  if (self == NULL)
    return;
  g_free (self->version_id);
  g_free (self->audio_id);
  g_free (self->subtitle_id);
  g_free (self);
}
