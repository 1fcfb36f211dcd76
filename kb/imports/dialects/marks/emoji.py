"""Emoji by the names that GitHub gives them, `:warning:`."""

from __future__ import annotations

import re
from collections import Counter

NAMED = re.compile(r"(?<![\w:/]):([a-z0-9+-][a-z0-9_+-]{0,40}):(?![\w:])")
TABLE = """
+1 👍 -1 👎 thumbsup 👍 thumbsdown 👎 ok_hand 👌 wave 👋 clap 👏 raised_hands 🙌 pray 🙏 muscle 💪
point_up ☝️ point_down 👇 point_left 👈 point_right 👉 point_up_2 👆 writing_hand ✍️
handshake 🤝 raised_hand ✋ hand ✋ v ✌️ vulcan_salute 🖖 eyes 👀 ear 👂 brain 🧠
speech_balloon 💬 thought_balloon 💭 smile 😄 smiley 😃 grin 😁 grinning 😀 laughing 😆 joy 😂
rofl 🤣 blush 😊 slightly_smiling_face 🙂 upside_down_face 🙃 wink 😉 heart_eyes 😍
kissing_heart 😘 yum 😋 stuck_out_tongue 😛 thinking 🤔 neutral_face 😐 expressionless 😑
smirk 😏 unamused 😒 sweat_smile 😅 sweat 😓 pensive 😔 confused 😕 worried 😟 disappointed 😞
cry 😢 sob 😭 angry 😠 rage 😡 scream 😱 fearful 😨 sleeping 😴 mask 😷 sunglasses 😎 nerd_face 🤓
robot 🤖 ghost 👻 alien 👽 skull 💀 tada 🎉 confetti_ball 🎊 party_popper 🎉 partying_face 🥳
balloon 🎈 gift 🎁 trophy 🏆 medal_sports 🏅 1st_place_medal 🥇 2nd_place_medal 🥈
3rd_place_medal 🥉 star ⭐ star2 🌟 sparkles ✨ zap ⚡ boom 💥 collision 💥 fire 🔥 100 💯
heart ❤️ broken_heart 💔 blue_heart 💙 green_heart 💚 yellow_heart 💛 purple_heart 💜
orange_heart 🧡 black_heart 🖤 warning ⚠️ no_entry ⛔ no_entry_sign 🚫 x ❌
heavy_check_mark ✔️ white_check_mark ✅ ballot_box_with_check ☑️
heavy_multiplication_x ✖️ heavy_plus_sign ➕ heavy_minus_sign ➖ question ❓
grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕ bangbang ‼️
interrobang ⁉️ information_source ℹ️ red_circle 🔴 large_blue_circle 🔵 blue_circle 🔵
green_circle 🟢 yellow_circle 🟡 orange_circle 🟠 purple_circle 🟣 white_circle ⚪
black_circle ⚫ red_square 🟥 green_square 🟩 blue_square 🟦 white_large_square ⬜
black_large_square ⬛ small_blue_diamond 🔹 small_orange_diamond 🔸 large_blue_diamond 🔷
large_orange_diamond 🔶 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️
arrow_upper_right ↗️ arrow_lower_right ↘️ left_right_arrow ↔️ arrow_up_down ↕️
arrows_counterclockwise 🔄 arrows_clockwise 🔃 leftwards_arrow_with_hook ↩️
arrow_right_hook ↪️ fast_forward ⏩ rewind ⏪ arrow_forward ▶️ arrow_backward ◀️
pause_button ⏸️ stop_button ⏹️ record_button ⏺️ back 🔙 end 🔚 on 🔛 soon 🔜 top 🔝 new 🆕
free 🆓 up 🆙 cool 🆒 ok 🆗 sos 🆘 id 🆔 zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣
six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 hash #️⃣ asterisk *️⃣ a 🅰️ b 🅱️ bulb 💡
memo 📝 pencil 📝 pencil2 ✏️ pen ✒️ book 📖 open_book 📖 books 📚 notebook 📓 ledger 📒
page_facing_up 📄 page_with_curl 📃 bookmark 🔖 bookmark_tabs 📑 newspaper 📰 clipboard 📋
pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗 scissors ✂️ file_folder 📁
open_file_folder 📂 card_index 📇 calendar 📆 date 📅 chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 bar_chart 📊 wastebasket 🗑️ package 📦 mailbox 📫 email 📧
e-mail 📧 envelope ✉️ incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 phone ☎️
telephone ☎️ telephone_receiver 📞 iphone 📱 calling 📲 computer 💻 desktop_computer 🖥️
keyboard ⌨️ computer_mouse 🖱️ printer 🖨️ floppy_disk 💾 cd 💿 dvd 📀 camera 📷
camera_flash 📸 video_camera 📹 movie_camera 🎥 tv 📺 radio 📻 headphones 🎧 microphone 🎤
speaker 🔈 sound 🔉 loud_sound 🔊 mute 🔇 bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 battery 🔋
electric_plug 🔌 flashlight 🔦 wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ nut_and_bolt 🔩
gear ⚙️ toolbox 🧰 magnet 🧲 screwdriver 🪛 lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑
shield 🛡️ mag 🔍 mag_right 🔎 microscope 🔬 telescope 🔭 satellite 📡 rocket 🚀 airplane ✈️
car 🚗 truck 🚚 bus 🚌 train 🚆 ship 🚢 bike 🚲 construction 🚧 rotating_light 🚨
traffic_light 🚥 house 🏠 office 🏢 bank 🏦 hospital 🏥 school 🏫 factory 🏭
globe_with_meridians 🌐 earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 world_map 🗺️
sunny ☀️ cloud ☁️ umbrella ☔ snowflake ❄️ thermometer 🌡️ droplet 💧 ocean 🌊 rainbow 🌈
sun_with_face 🌞 moon 🌔 crescent_moon 🌙 seedling 🌱 evergreen_tree 🌲 deciduous_tree 🌳
herb 🌿 four_leaf_clover 🍀 leaves 🍃 sunflower 🌻 rose 🌹 apple 🍎 banana 🍌 pizza 🍕 coffee ☕
tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 cake 🍰 cookie 🍪 dog 🐶 cat 🐱 bug 🐛 bee 🐝 ant 🐜 snake 🐍
penguin 🐧 whale 🐳 octopus 🐙 unicorn 🦄 turtle 🐢 crab 🦀 snail 🐌 moneybag 💰
money_with_wings 💸 dollar 💵 euro 💶 credit_card 💳 shopping_cart 🛒 label 🏷️ ticket 🎫
hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️
clock1 🕐 recycle ♻️ copyright ©️ registered ®️ tm ™️ infinity ♾️ wheelchair ♿ restroom 🚻
parking 🅿️ pill 💊 syringe 💉 ambulance 🚑 police_car 🚓 fire_engine 🚒 fire_extinguisher 🧯
test_tube 🧪 dna 🧬 art 🎨 musical_note 🎵 notes 🎶 guitar 🎸 game_die 🎲 dart 🎯 video_game 🎮
joystick 🕹️ jigsaw 🧩 crystal_ball 🔮 mailbox_with_mail 📬 triangular_flag_on_post 🚩
checkered_flag 🏁 white_flag 🏳️ black_flag 🏴 ru 🇷🇺 us 🇺🇸 gb 🇬🇧 de 🇩🇪 fr 🇫🇷 it 🇮🇹 es 🇪🇸
cn 🇨🇳 jp 🇯🇵 kr 🇰🇷 eu 🇪🇺 man 👨 woman 👩 boy 👦 girl 👧 baby 👶 family 👪 busts_in_silhouette 👥
bust_in_silhouette 👤 technologist 🧑‍💻 man_technologist 👨‍💻 woman_technologist 👩‍💻
octocat 🐙 shipit 🐿️ see_no_evil 🙈
"""
_WORDS = TABLE.split()
EMOJI = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))


def with_emoji(text: str, unknown: Counter[str] | None = None) -> str:
    """`text` with emoji for their names; names of none stay, and are counted."""
    if ":" not in text:
        return text

    def picture(match: re.Match[str]) -> str:
        name = match[1]
        if name in EMOJI:
            return EMOJI[name]
        if unknown is not None and len(name) > 2 and name.strip("0123456789-+"):
            unknown[match[0]] += 1
        return match[0]

    return NAMED.sub(picture, text)
