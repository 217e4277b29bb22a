#include "config.h"

#include "bijou-stall-box.h"

#include "bijou-text.h"

#include <glib/gi18n.h>

#define TICK_MS 500
/* Shorter waits are not worth a word. */
#define SHOW_AFTER_US G_TIME_SPAN_SECOND
#define LEAVE_AFTER_US (10 * G_TIME_SPAN_SECOND)
#define FIRST_RETRY_S 5
#define MAX_RETRY_S 60
#define SPINNER_SIZE 44
#define ICON_SIZE 48

struct _BijouStallBox
{
  GtkBox parent_instance;

  BijouContext *context;   /* (owned) */
  BijouPlayback *playback; /* (owned) */
  GtkWidget *spinner;      /* (unowned) */
  GtkWidget *icon;         /* (unowned) */
  GtkWidget *sentence;     /* (unowned) */
  GtkWidget *reason;       /* (unowned) */
  GtkWidget *retry;        /* (unowned) */
  GtkWidget *leave;        /* (unowned) */
  BijouPlayerState state;
  gint64 since_us; /* when the state began */
  gint64 retry_at_us;
  guint retries; /* in a row, by itself */
  guint tick;
};

G_DEFINE_FINAL_TYPE (BijouStallBox, bijou_stall_box, GTK_TYPE_BOX)

static guint leave_signal;

static void
set_text (GtkWidget *label, const char *text)
{
  gtk_widget_set_visible (label, text != NULL);
  if (text != NULL && !g_str_equal (text, gtk_label_get_text (GTK_LABEL (label))))
    gtk_label_set_text (GTK_LABEL (label), text);
}

static void
set_icon (BijouStallBox *self, const char *icon)
{
  gtk_widget_set_visible (self->spinner, icon == NULL);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), icon == NULL);
  gtk_widget_set_visible (self->icon, icon != NULL);
  if (icon != NULL)
    gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon);
}

static void
show (BijouStallBox *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
hide (BijouStallBox *self)
{
  gtk_spinner_stop (GTK_SPINNER (self->spinner));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* (transfer full) (nullable): where it goes on, for somebody who fears to have lost it. */
static char *
format_kept_place (BijouStallBox *self)
{
  gint64 position = bijou_playback_get_position (self->playback);
  g_autofree char *text = bijou_text_format_position (position);

  return position >= 1000 ? g_strdup_printf (_ ("Your place at %s is kept."), text) : NULL;
}

/* --- it waits for bytes --- */

static char *
format_rate (BijouStallBox *self, const BijouCacheStats *stats)
{
  BijouVersion *version = bijou_playback_get_version (self->playback);
  double gets = stats->rate * 8 / 1e6;

  if (stats->rate <= 0)
    return NULL;
  if (version != NULL && version->bitrate > 0)
    return g_strdup_printf (_ ("The server sends %.1f Mbps, this film needs %.1f"), gets,
                            version->bitrate / 1e6);
  return g_strdup_printf (_ ("The server sends %.1f Mbps"), gets);
}

static void
show_waiting (BijouStallBox *self, const BijouCacheStats *stats, gint64 waited_us)
{
  g_autofree char *reason = NULL;
  const char *sentence = _ ("Opening the film…");

  if (self->state == BIJOU_PLAYER_STALLED)
    {
      sentence = stats->activity == BIJOU_CACHE_CONNECTING ? _ ("Waiting for the server…")
                                                           : _ ("Filling the buffer…");
      reason = format_rate (self, stats);
    }
  set_icon (self, NULL);
  set_text (self->sentence, sentence);
  set_text (self->reason, reason);
  gtk_widget_set_visible (self->retry, FALSE);
  gtk_widget_set_visible (self->leave, waited_us > LEAVE_AFTER_US);
  show (self);
}

/* --- the server is away, or this computer --- */

/* (transfer full): whose fault it is. */
static char *
format_fault (const GError *error)
{
  if (bijou_error_is_transport (error) &&
      !g_network_monitor_get_network_available (g_network_monitor_get_default ()))
    return g_strdup (_ ("This computer has no network."));
  return bijou_error_to_sentence (error);
}

static char *
format_retry (gint64 retry_at_us, gint64 now_us)
{
  int seconds = (retry_at_us - now_us + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND;

  return g_strdup_printf (_ ("Waiting for the server… retrying in %d s"), MAX (seconds, 1));
}

/* The last picture stays behind it. @retry_at_us: in the past while a try runs. */
static void
show_parked (BijouStallBox *self, const GError *error, gint64 retry_at_us, gint64 now_us)
{
  g_autofree char *fault = format_fault (error);
  g_autofree char *place = format_kept_place (self);
  g_autofree char *reason = place != NULL ? g_strdup_printf ("%s %s", fault, place) : NULL;
  g_autofree char *countdown = NULL;
  gboolean is_new = !gtk_widget_get_visible (self->retry);

  if (retry_at_us > now_us)
    countdown = format_retry (retry_at_us, now_us);
  set_icon (self, "network-offline-symbolic");
  set_text (self->sentence, countdown != NULL ? countdown : _ ("Reconnecting to the server…"));
  set_text (self->reason, reason != NULL ? reason : fault);
  gtk_button_set_label (GTK_BUTTON (self->retry), _ ("Retry Now"));
  gtk_widget_set_visible (self->retry, TRUE);
  gtk_widget_set_visible (self->leave, TRUE);
  show (self);
  if (is_new)
    gtk_widget_grab_focus (self->retry);
}

/* --- it cannot play --- */

static gboolean
is_worth_retrying (const GError *error)
{
  return bijou_error_is_transport (error) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_RATE_LIMITED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER);
}

/* Another try would only say the same. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NO_DECODER) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
}

static void
schedule_retry (BijouStallBox *self)
{
  int seconds = MIN (FIRST_RETRY_S << MIN (self->retries, 4), MAX_RETRY_S);

  self->retry_at_us = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
}

static void
retry (BijouStallBox *self)
{
  g_autoptr (BijouPlayback) playback = g_object_ref (self->playback);

  bijou_playback_try_now (playback);
}

static void
show_error (BijouStallBox *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);
  g_autofree char *place = format_kept_place (self);

  set_icon (self, "dialog-warning-symbolic");
  set_text (self->sentence, sentence);
  set_text (self->reason, place);
  gtk_button_set_label (GTK_BUTTON (self->retry), _ ("Try Again"));
  gtk_widget_set_visible (self->retry, !is_final (error));
  gtk_widget_set_visible (self->leave, TRUE);
  show (self);
}

/* --- states --- */

static gboolean
is_silent (BijouPlayerState state)
{
  return state != BIJOU_PLAYER_LOADING && state != BIJOU_PLAYER_STALLED &&
         state != BIJOU_PLAYER_FAILED;
}

static void
refresh_waiting (BijouStallBox *self, gint64 now_us)
{
  BijouCacheStats stats = { 0 };
  g_autoptr (GError) error = NULL;

  if (now_us - self->since_us < SHOW_AFTER_US && self->retries == 0)
    return;
  bijou_playback_get_cache_stats (self->playback, &stats);
  if (stats.activity != BIJOU_CACHE_RETRYING)
    {
      show_waiting (self, &stats, now_us - self->since_us);
      return;
    }
  error = g_error_new_literal (BIJOU_ERROR, (int) stats.failure, "");
  show_parked (self, error, stats.retry_at, now_us);
}

static void
refresh (BijouStallBox *self)
{
  gint64 now_us = g_get_monotonic_time ();
  const GError *error = bijou_playback_get_error (self->playback);

  if (self->state != BIJOU_PLAYER_FAILED)
    refresh_waiting (self, now_us);
  else if (is_worth_retrying (error))
    show_parked (self, error, self->retry_at_us, now_us);
  else
    show_error (self, error);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  BijouStallBox *self = BIJOU_STALL_BOX (user_data);

  refresh (self);
  if (self->state != BIJOU_PLAYER_FAILED || g_get_monotonic_time () < self->retry_at_us ||
      !is_worth_retrying (bijou_playback_get_error (self->playback)))
    return G_SOURCE_CONTINUE;
  self->retries++;
  self->retry_at_us = G_MAXINT64;
  retry (self);
  return G_SOURCE_CONTINUE;
}

static void
on_state_changed_cb (BijouPlayback *playback, BijouStallBox *self)
{
  BijouPlayerState state = bijou_playback_get_state (playback);
  gboolean focus = state == BIJOU_PLAYER_FAILED && self->state != state;

  if (state == self->state)
    return;
  self->state = state;
  self->since_us = g_get_monotonic_time ();
  if (is_silent (state))
    {
      g_clear_handle_id (&self->tick, g_source_remove);
      self->retries = 0;
      hide (self);
      return;
    }
  if (self->tick == 0)
    self->tick = g_timeout_add (TICK_MS, on_tick_cb, self);
  if (state == BIJOU_PLAYER_FAILED)
    schedule_retry (self);
  refresh (self);
  if (focus)
    gtk_widget_grab_focus (gtk_widget_get_visible (self->retry) ? self->retry : self->leave);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouStallBox *self)
{
  BijouItem *item = bijou_playback_get_item (self->playback);

  if (self->state != BIJOU_PLAYER_FAILED || item == NULL ||
      !g_str_equal (item->server_id, server_id) ||
      !is_worth_retrying (bijou_playback_get_error (self->playback)) ||
      bijou_context_get_server_state (context, server_id) != BIJOU_CONNECTION_CONNECTED)
    return;
  /* The tick does it: not in the middle of what the connection tells. */
  self->retry_at_us = 0;
}

static void
on_retry_cb (GtkButton *button, BijouStallBox *self)
{
  retry (self);
}

static void
on_leave_cb (GtkButton *button, BijouStallBox *self)
{
  g_signal_emit (self, leave_signal, 0);
}

/* --- widget --- */

static void
bijou_stall_box_dispose (GObject *object)
{
  BijouStallBox *self = BIJOU_STALL_BOX (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->playback);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_stall_box_parent_class)->dispose (object);
}

static void
bijou_stall_box_class_init (BijouStallBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_stall_box_dispose;

  leave_signal = g_signal_new ("leave", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
add_label (BijouStallBox *self, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (self), label);
  return label;
}

static GtkWidget *
add_button (BijouStallBox *self,
            GtkWidget *box,
            const char *text,
            const char *css_class,
            GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_add_css_class (button, css_class);
  g_signal_connect (button, "clicked", callback, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
bijou_stall_box_init (BijouStallBox *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 10);
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-stall");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (GTK_WIDGET (self), 14);
  gtk_widget_set_margin_end (GTK_WIDGET (self), 14);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);

  self->spinner = gtk_spinner_new ();
  gtk_widget_set_size_request (self->spinner, SPINNER_SIZE, SPINNER_SIZE);
  gtk_widget_set_halign (self->spinner, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self), self->spinner);
  self->icon = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (self->icon), ICON_SIZE);
  gtk_box_append (GTK_BOX (self), self->icon);
  self->sentence = add_label (self, "sentence");
  self->reason = add_label (self, "dim-label");

  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (buttons, 10);
  self->retry =
      add_button (self, buttons, _ ("Try Again"), "bijou-white", G_CALLBACK (on_retry_cb));
  self->leave = add_button (self, buttons, _ ("Leave"), "bijou-glass", G_CALLBACK (on_leave_cb));
  gtk_box_append (GTK_BOX (self), buttons);
}

GtkWidget *
bijou_stall_box_new (BijouContext *context, BijouPlayback *playback)
{
  BijouStallBox *self = g_object_new (BIJOU_TYPE_STALL_BOX, NULL);

  self->context = g_object_ref (context);
  self->playback = g_object_ref (playback);
  g_signal_connect_object (playback, "state-changed", G_CALLBACK (on_state_changed_cb), self, 0);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  return GTK_WIDGET (self);
}
