import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './styles/tokens.css'
import './styles/base.css'
import App from './App.vue'
import { whenUnauthenticated } from './api/client'
import { rememberRawMicrophone } from './rooms/telephony/raw_microphone'
import { makeRouter } from './shell/router'
import { useSession } from './shell/stores/session'

rememberRawMicrophone() // Before the log-in page drops the query.
const app = createApp(App)
app.use(createPinia())
whenUnauthenticated(() => useSession().end())
app.use(makeRouter())
app.mount('#app')
